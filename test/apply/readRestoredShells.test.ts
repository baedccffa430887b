import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bareShellName, readRestoredShells } from '../../src/apply/readRestoredShells.ts';
import { readServer } from '../../src/tmux/readServer.ts';
import { startTmux } from '../support/privateTmux.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(() => sandbox.dispose());

describe('a shell that waits for commands', () => {
  it.each([
    [['-bash'], 'bash'],
    [['/bin/zsh', '-l'], 'zsh'],
    [['bash', '--login', '-i'], 'bash'],
    [['sh', '/home/me/serve.sh'], null],
    [['bash', '-c', 'make watch'], null],
    [['bash', '-lc', 'make watch'], null],
    [['fish', '--command=make'], null],
    [['bash', '--rcfile', '/r'], null],
    [['vim'], null],
    [[], null],
  ])('%j is %s', (argv, name) => {
    expect(bareShellName(argv)).toBe(name);
  });
});

it('is told with its place whatever the folder is called; what runs a script, stands elsewhere or has a child is not', async () => {
  const tree = sandbox.path('ws', 'fe');
  const hostile = `it's #(touch pwned) "x"\nP $0 @0 0 1 0 200 49 %9 1 0 99 p9`;
  await mkdir(`${tree}/${hostile}`, { recursive: true });
  await mkdir(`${tree}-2`);
  const tmux = startTmux(sandbox);
  const start = async (folder: string, ...argv: string[]): Promise<string> =>
    tmux.run(
      'new-window',
      '-t',
      '=shop:',
      '-P',
      '-F',
      '#{pane_id}',
      '-c',
      '/',
      '--',
      'sh',
      '-c',
      'cd "$1"; shift; exec "$@"',
      'sh',
      folder,
      ...argv,
    );
  await tmux.run('new-session', '-d', '-s', 'shop', 'sleep 1000');
  const below = await start(`${tree}/${hostile}`, 'sh', '-i');
  const root = await start(tree, 'sh', '-i');
  await start(`${tree}-2`, 'sh', '-i');
  await start(tree, 'sh', '-c', 'sleep 1000; :');
  const busy = await start(tree, 'sh', '-i');
  await tmux.run('send-keys', '-t', busy, 'sleep 1000', 'Enter');
  await eventually(async () =>
    expect(await tmux.run('display-message', '-p', '-t', busy, '#{pane_current_command}')).toBe('sleep'),
  );
  await eventually(async () => {
    const { namesake } = await readServer(
      { socket: tmux.socket, config: '/dev/null' },
      { uuid: null, session: 'shop', env: sandbox.env },
    );
    expect(await readRestoredShells(namesake, [tree, sandbox.path('none')])).toEqual({
      [below]: { name: 'sh', tree, dir: hostile },
      [root]: { name: 'sh', tree, dir: '' },
    });
  });
});
