import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { oneLine } from '../../src/base/text.ts';
import { asFormat, asFormatPath, sessionName, word } from '../../src/base/tmuxText.ts';
import { runTmux } from '../../src/tmux/tmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';

let sandbox: Sandbox;
let tmux: PrivateTmux;

beforeAll(async () => {
  sandbox = await makeSandbox();
  tmux = startTmux(sandbox);
  await tmux.run('new-session', '-d', '-s', 'lab', 'sleep 1000');
});
afterAll(() => sandbox.dispose());

/** What tmux, sh and a source-file could read as more than text. */
const nasty = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary-ascii' }),
  fc
    .array(
      fc.constantFrom(
        '#',
        '(',
        ')',
        '{',
        '}',
        '[',
        ']',
        "'",
        '"',
        '\\',
        ';',
        '\n',
        '\r',
        '\t',
        '~',
        '$',
        '`',
        '%if',
        '%endif',
        '=',
        ',',
        ' ',
        '-',
        '#(touch canary)',
        '#{E:@x}',
        '$HOME',
        'é',
        '🦊',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
);

/** Runs `lines` as a batch and gives what the options @v0, @v1 … hold then, one line end after each. */
async function optionsAfter(lines: readonly string[], count: number): Promise<string> {
  const shown = Array.from({ length: count }, (_, index) => `show-options -gv @v${index}`);
  const input = `${[...lines, ...shown].join('\n')}\n`;
  const result = await runTmux({ socket: tmux.socket }, ['source-file', '-'], { env: sandbox.env, input });
  expect(result.stderr).toBe('');
  return result.stdout;
}

test('word() is read back by tmux as it was, on one line, whatever the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 20 }), async (texts) => {
      const lines = texts.map((text, index) => `set-option -g @v${index} ${word(text)}`);
      expect(lines.join('').includes('\n')).toBe(false);
      expect(await optionsAfter(lines, texts.length)).toBe(
        texts.map((text) => `${text.replaceAll('\u0000', '')}\n`).join(''),
      );
    }),
    { numRuns: 60 },
  );
});

test('asFormatPath() is the path itself once tmux has expanded it, and runs nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 20 }), async (texts) => {
      const lines = texts.map((text, index) => `set-option -gF @v${index} ${word(asFormatPath(text))}`);
      expect(await optionsAfter(lines, texts.length)).toBe(
        texts.map((text) => `${text.replaceAll('\u0000', '')}\n`).join(''),
      );
    }),
    { numRuns: 60 },
  );
  expect(existsSync(sandbox.path('canary'))).toBe(false);
});

test('asFormat() is the text itself once tmux has expanded it, but for the doubled # that keep a style from being drawn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 20 }), async (texts) => {
      const lines = texts.map((text, index) => `set-option -gF @v${index} ${word(asFormat(text))}`);
      const stored = texts.map((text) => `${oneLine(text).replace(/#+(?=\[)/g, (run) => run + run)}\n`);
      expect(await optionsAfter(lines, texts.length)).toBe(stored.join(''));
    }),
    { numRuns: 60 },
  );
  expect(existsSync(sandbox.path('canary'))).toBe(false);
});

test.each([
  '#(touch CANARY)',
  '#{E:@x}#(touch CANARY)',
  "'; run-shell 'touch CANARY'; '",
  '"\n run-shell "touch CANARY"',
  '##(touch CANARY)',
])('the window name %j is shown and not run', async (payload) => {
  const name = payload.replace('CANARY', sandbox.path('canary'));
  const input = `rename-window -t =lab: -- ${word(asFormat(name))}\nrun-shell 'sleep 0.1'\n`;
  await runTmux({ socket: tmux.socket }, ['source-file', '-'], { env: sandbox.env, input });
  expect(await tmux.run('display-message', '-p', '-t', '=lab:', '#{window_name}')).toBe(oneLine(name));
  expect(existsSync(sandbox.path('canary'))).toBe(false);
});

test.each([
  ['Shop: v1.2', 'Shop_v1_2'],
  ['--force', 'force'],
  ['#(id)', '_id_'],
  ['日本', '_'],
  ['', 'claude-tmux'],
  ['---', 'claude-tmux'],
  ['x'.repeat(100), 'x'.repeat(64)],
])('sessionName(%j) is %j', (name, expected) => {
  expect(sessionName(name)).toBe(expected);
});
