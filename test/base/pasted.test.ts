import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pasted, pastedFor } from '../../src/base/pasted.ts';
import { visible } from '../../src/base/visible.ts';

/** What a shell makes of each command: one shell for all of them, and without the files that one at a prompt reads. */
function wordsOf(commands: readonly string[]): string[][] {
  const lines = commands.map(
    (command) => `set -- ${command.replace(/^claude-tmux /, '')}; printf '%s\\0' "$@"; printf '\\1\\0'`,
  );
  const printed = execFileSync('bash', ['--norc', '--noprofile', '-c', lines.join('\n')], {
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return printed
    .split('\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0, -1));
}

describe('a command that is printed for pasting', () => {
  it('says a plain name as it is', () => {
    expect(pasted`up ${'shop'}`).toBe('claude-tmux up shop');
    expect(pasted`task ${'web'} "…"`).toBe('claude-tmux task web "…"');
    expect(pastedFor`kill ${42}`).toBe('kill 42');
  });

  it.each([
    ['foo bar', "claude-tmux up 'foo bar'"],
    ['$3', "claude-tmux up '$3'"],
    ['$(reboot)', "claude-tmux up '$(reboot)'"],
    ["it's", `claude-tmux up 'it'\\''s'`],
    ['-x', 'claude-tmux up -- -x'],
    ['', "claude-tmux up ''"],
    ['~/x', "claude-tmux up '~/x'"],
  ])('quotes %j', (name, command) => {
    expect(pasted`up ${name}`).toBe(command);
  });

  it('takes the value of an option for no option', () => {
    expect(pasted`up --only ${'-x'}`).toBe('claude-tmux up --only -x');
    expect(pasted`close ${'-x'} ${'-y'}`).toBe('claude-tmux close -- -x -y');
  });

  it('is one visible word of the shell, whatever the name holds', () => {
    const name = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 4 }),
          fc.constantFrom('\u202e', '\u001b[31m', "'", '"', '\\', '\n', '\t', '`', '\u200b', '\u{e0041}'),
        ),
        { maxLength: 5 },
      )
      .map((parts) =>
        parts
          .join('')
          .replaceAll('\u0001', '')
          .replace(/\0|\p{Cs}/gu, ''),
      );
    fc.assert(
      fc.property(fc.array(name, { minLength: 40, maxLength: 80 }), (names) => {
        const commands = names.map((text) => pasted`up ${text}`);
        for (const command of commands) {
          expect(visible(command)).toBe(command);
          expect(command).not.toMatch(/[\n\t]/);
        }
        expect(wordsOf(commands)).toEqual(
          names.map((text) => (text.startsWith('-') ? ['up', '--', text] : ['up', text])),
        );
      }),
      { numRuns: 5 },
    );
  });
});
