import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { ROOT } from '../support/sources.ts';
import { makeBench, SHOP, type Bench } from './fleet.ts';

let bench: Bench;
let terminal: PrivateTmux;

beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  terminal = startTmux(bench.sandbox);
  await terminal.run(
    'new-session',
    '-d',
    '-x',
    '100',
    '-y',
    '20',
    '-c',
    bench.checkout,
    `PATH='${bench.env['PATH'] ?? ''}' exec sh`,
  );
  await terminal.run('set-option', '-g', 'status', 'off');
});
afterEach(() => bench.dispose());

function type(line: string): Promise<string> {
  return terminal.run('send-keys', '-l', `${line}\n`);
}

function shows(...texts: string[]): Promise<string> {
  return eventually(
    async () => {
      const screen = await terminal.run('capture-pane', '-p');
      for (const text of texts) expect(screen).toContain(text);
      return screen;
    },
    { within: 30_000 },
  );
}

const follow = () =>
  type(`node ${join(ROOT, 'dist/claude-tmux.cjs')} status --follow -S ${bench.tmux.socket}; stty -g`);

test('status --follow keeps up with what changes and draws only that', async () => {
  await terminal.run('pipe-pane', '-o', `cat >${bench.sandbox.path('drawn')}`);
  await follow();
  await shows('Frontend - Dark Mode', 'Server', 'q closes this');
  const [, be] = await bench.sessions();
  await bench.tmux.run('send-keys', '-t', be?.pane ?? '', '/ask', 'Enter');
  await shows('? permission');
  await bench.tmux.run('send-keys', '-t', be?.pane ?? '', 'yes', 'Enter');
  await eventually(async () => expect(await terminal.run('capture-pane', '-p')).not.toContain('? permission'));
  const drawn = readFileSync(bench.sandbox.path('drawn'), 'utf8');
  expect(drawn.split('q closes this')).toHaveLength(2);
  expect(drawn).not.toContain('\u001b[2J');
});

test.each(['q', 'Escape', 'C-c'])('after %s the terminal is as it was', async (key) => {
  await type('clear; stty -g; echo be""fore');
  const settings = (await shows('before')).split('\n').find((line) => /^[0-9a-f]+:[0-9a-f:]+$/.test(line)) ?? 'none';
  await follow();
  await shows('q closes this');
  await terminal.run('send-keys', key);
  const screen = await eventually(async () => {
    const now = await terminal.run('capture-pane', '-p');
    expect(now.split(settings)).toHaveLength(3);
    return now;
  });
  expect(screen).toContain('before');
  expect(screen).not.toContain('q closes this');
  expect(await terminal.run('display-message', '-p', '#{alternate_on} #{cursor_flag}')).toBe('0 1');
});

test('a smaller terminal is filled and not more', async () => {
  await follow();
  await shows('q closes this');
  await terminal.run('resize-window', '-x', '60', '-y', '5');
  await shows('lines more than fit', 'q closes this');
  await terminal.run('resize-window', '-x', '100', '-y', '20');
  await shows('Server', 'q closes this');
});

test('without a terminal it says so', async () => {
  const { code, stderr } = await bench.ct(['status', '--follow']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'claude-tmux: there is no terminal to show this in\n  leave out --follow\n',
  });
});
