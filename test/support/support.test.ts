import { existsSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { startTmux } from './privateTmux.ts';
import { git, makeRepo } from './repo.ts';
import { run } from './run.ts';
import { makeSandbox, type Sandbox } from './sandbox.ts';
import { mustBeGone } from './tmuxServers.ts';

const sandboxes: Sandbox[] = [];

async function sandbox(): Promise<Sandbox> {
  const made = await makeSandbox();
  sandboxes.push(made);
  return made;
}

afterEach(async () => {
  for (const made of sandboxes.splice(0)) await made.dispose();
});

test('a private tmux server ends with dispose() and reads no configuration', async () => {
  const tmux = startTmux(await sandbox());
  await tmux.run('new-session', '-d', 'sleep 100');
  const pid = Number(await tmux.run('display-message', '-p', '#{pid}'));
  expect(await tmux.run('show-options', '-gv', 'prefix')).toBe('C-b');
  await expect(mustBeGone(pid)).rejects.toThrow('still lives');
  await tmux.dispose();
  await expect(mustBeGone(pid)).resolves.toBeUndefined();
});

test('a private tmux server takes the text of a configuration', async () => {
  const tmux = startTmux(await sandbox(), { config: 'set -g base-index 1\n' });
  await tmux.run('new-session', '-d', 'sleep 100');
  expect(await tmux.run('list-windows', '-F', '#{window_index}')).toBe('1');
});

test('disposing of a sandbox ends the servers that were started in its environment', async () => {
  const made = await sandbox();
  await run('tmux', ['new-session', '-d', 'sleep 100'], { env: made.env });
  const { stdout } = await run('tmux', ['display-message', '-p', '#{pid} #{socket_path}'], { env: made.env });
  const [pid, socket] = stdout.trim().split(' ');
  expect(socket).toContain(made.root);
  await made.dispose();
  await expect(mustBeGone(Number(pid))).resolves.toBeUndefined();
  expect(existsSync(made.root)).toBe(false);
});

test('a sandbox that names the outer tmux server is refused', async () => {
  const made = await sandbox();
  expect(() => startTmux({ ...made, env: { ...made.env, TMUX: '/tmp/x,1,0' } })).toThrow('this test was started in');
});

test('a repository has one commit by an identity of the sandbox', async () => {
  const made = await sandbox();
  await makeRepo(made.path('a b'), { env: made.env, files: { 'src/x.txt': 'x' }, branch: 'trunk' });
  expect(await git(made.path('a b'), ['log', '--format=%an %s', 'trunk'], made.env)).toBe('Sandbox User First commit');
  expect(await git(made.path('a b'), ['ls-files'], made.env)).toBe('src/x.txt');
});

test('eventually() gives the first value and throws the last error', async () => {
  let tries = 0;
  expect(
    await eventually(() => {
      tries += 1;
      if (tries < 3) throw new Error('not yet');
      return tries;
    }),
  ).toBe(3);
  await expect(
    eventually(
      () => {
        throw new Error('never');
      },
      { within: 30 },
    ),
  ).rejects.toThrow('never');
});
