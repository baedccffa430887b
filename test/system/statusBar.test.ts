import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shellWord } from '../../src/base/shellText.ts';
import { plain } from '../bar/sessions.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux } from '../support/privateTmux.ts';
import { makeBench, TOLD, type Bench } from './fleet.ts';

/** Every character that means something to tmux, in labels; the branch is one that git lets through. */
const LAYOUT = `
strategy: component
panes:
  - { name: "A #{session_name} #[fg=red] %H ## }", id: fe, component: frontend, branch: "x#(touch\${IFS}canary)", run: "" }
  - { name: "B", id: be, component: backend }
`;

let bench: Bench;

beforeAll(async () => {
  bench = await makeBench();
  await bench.layout(LAYOUT);
  await bench.ok('up', 'shop.yaml', '--yes');
  await eventually(async () =>
    expect((await bench.sessions()).map((session) => session.agent.state)).toEqual(['running', TOLD]),
  );
});
afterAll(() => bench.dispose());

const bar = async (...more: readonly string[]): Promise<string> =>
  (await bench.ok('status', '--format', 'tmux', ...more)).stdout;

test('is one line of counts or sessions, by the width', async () => {
  expect(plain(await bar('--width', '3'))).toBe('2✓\n');
  expect(plain(await bar('--width', '100'))).toContain('2 ✓ B feature/be');
  expect(await bar('shop', '--width', '0')).toBe('\n');
});

test('exits with 0 for a clone that cannot be read, and shows it as unknown', async () => {
  const clone = (await bench.sessions())[1]?.path ?? '';
  await bench.git(clone, 'config', 'core.repositoryformatversion', '99');
  expect(plain(await bar('--width', '100'))).toContain('2 ✓ B ? ±?');
  await bench.git(
    bench.sandbox.root,
    'config',
    '-f',
    join(clone, '.git', 'config'),
    'core.repositoryformatversion',
    '0',
  );
});

test('a width that is none is wrong usage', async () => {
  const { code, stderr } = await bench.ct(['status', '--format', 'tmux', '--width', 'wide']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--width takes a number of cells, not "wide"')]);
});

test('marks come from the tmux options, else from config.yaml', async () => {
  await mkdir(join(bench.env['XDG_CONFIG_HOME'] ?? '', 'claude-tmux'), { recursive: true });
  await writeFile(join(bench.env['XDG_CONFIG_HOME'] ?? '', 'claude-tmux', 'config.yaml'), 'style: { marks: ascii }\n');
  expect(plain(await bar('--width', '3'))).toBe('2+\n');
  await bench.tmux.run('set-option', '-g', '@claude_tmux_marks', 'nerd');
  expect(plain(await bar('--width', '3'))).toBe('2\uf00c\n');
  await bench.tmux.run('set-option', '-g', '@claude_tmux_marks', 'unicode');
});

test('drawn through #(), labels and branches are literal and run nothing', async () => {
  const words = [
    process.execPath,
    resolve('dist/claude-tmux.cjs'),
    '-S',
    bench.tmux.socket,
    'status',
    '--format',
    'tmux',
    '--width',
    '#{client_width}',
  ];
  const job = `env ${Object.entries(bench.env)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(' ')} ${words.map((word) => (word.startsWith('#') ? word : shellWord(word))).join(' ')}`;
  await bench.tmux.run('set-option', '-g', 'status-right-length', '250');
  await bench.tmux.run('set-option', '-g', 'status-right', `<#(${job})>`);
  const terminal = startTmux(bench.sandbox);
  await terminal.run('new-session', '-d', '-x', '220', '-y', '20', `env -u TMUX tmux -S ${bench.tmux.socket} attach`);
  await eventually(
    async () =>
      expect(await terminal.run('capture-pane', '-p')).toContain(
        '<1 ▶ A #{session_name} #[fg=red] %H ## } x#(touch${IFS}canary)  2 ✓ B feature/be>',
      ),
    { within: 30_000 },
  );
  expect(existsSync(bench.sandbox.path('canary'))).toBe(false);
  await terminal.dispose();
}, 60_000);
