import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pasted, pastedFor } from '../../src/base/pasted.ts';
import { visible } from '../../src/base/visible.ts';

function words(command: string): string[] {
  const script = `set -- ${command.replace(/^claude-tmux /, '')}\nfor word do printf '%s\\0' "$word"; done`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8', env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } }).split('\0').slice(0, -1);
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
    const name = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom('\u202e', '\u001b[31m', "'", '"', '\\', '\n', '\t', '`', '\u200b', '\u{e0041}')), { maxLength: 5 })
      .map((parts) => parts.join('').replace(/\0|\p{Cs}/gu, ''));
    fc.assert(fc.property(name, (text) => {
      const command = pasted`up ${text}`;
      expect(visible(command)).toBe(command);
      expect(command).not.toMatch(/[\n\t]/);
      expect(words(command)).toEqual(text.startsWith('-') ? ['up', '--', text] : ['up', text]);
    }), { numRuns: 60 });
  });
});
