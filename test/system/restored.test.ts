import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBootId, readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench({
    config: 'set -g base-index 1\nset -g pane-base-index 1\nset -g default-shell /bin/bash\n',
  });
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
  await everythingIsUp(TOLD);
});
afterEach(async () => {
  for (const child of strangers.splice(0)) child.kill('SIGKILL');
  await bench.dispose();
});

const strangers: ChildProcess[] = [];

const clone = (id: string, ...rest: string[]): string =>
  join(bench.sandbox.path('home', 'workspaces', 'shop', id), ...rest);

const everythingIsUp = (agents = AT_REST): Promise<void> =>
  eventually(
    async () => expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([agents, agents, 'running']),
    { within: 30_000 },
  );

/** The server is gone and another one has what tmux-resurrect makes: the session by its name, panes as shells in these folders, no option. */
async function restore(folders: readonly string[]): Promise<string[]> {
  await bench.tmux.dispose();
  await bench.tmux.run('new-session', '-d', '-s', 'mine', '-x', '200', '-y', '50', 'sleep 100000');
  const [first = '', ...others] = folders;
  await bench.tmux.run('new-session', '-d', '-s', 'shop', '-x', '200', '-y', '50', '-c', first);
  for (const folder of others)
    await bench.tmux.run(
      'split-window',
      '-d',
      '-f',
      '-v',
      '-t',
      '=shop:',
      '-c',
      folder,
      ';',
      'select-layout',
      '-t',
      '=shop:',
      'tiled',
    );
  await eventually(async () => expect(new Set(await panes('#{pane_current_command}'))).toEqual(new Set(['bash'])));
  return panes('#{pane_id}');
}

const panes = async (format: string): Promise<string[]> =>
  (await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', format)).split('\n');

/** Types a command into a pane and waits until it runs there. */
async function runIn(pane: string, line: string, program: string): Promise<void> {
  await bench.tmux.run('send-keys', '-t', pane, line, 'Enter');
  await eventually(async () =>
    expect(await bench.tmux.run('display-message', '-p', '-t', pane, '#{pane_current_command}')).toBe(program),
  );
}

test('bare shells in the clones become the fleet again, in their places, with their conversations', async () => {
  const before = (await bench.sessions()).map(({ agent }) => agent.session_id);
  const ids = await restore([clone('be'), clone('fe'), clone('fe')]);
  const { stdout } = await bench.ok('plan', 'shop.yaml');
  expect(stdout).toContain('pane be: adopt-pane, a restored pane stands in its clone with only a shell (bash)');
  expect(stdout).toContain('session shop: adopt-session, it was restored');
  expect(stdout).not.toContain('create-');
  expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('3 started again');
  await everythingIsUp();
  const after = await bench.sessions();
  expect(after.map(({ pane }) => pane)).toEqual([ids[1], ids[0], ids[2]]);
  expect(after.map(({ agent }) => agent.session_id)).toEqual(before);
  await eventually(async () =>
    expect(await bench.tmux.run('capture-pane', '-p', '-J', '-t', ids[1] ?? '')).toContain('(resumed)'),
  );
  expect(await bench.tmux.run('show-options', '-v', '-t', '=shop:', 'status')).toBe('2');
  expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
});

test('a pane in which a program runs, a shell with a job and a shell elsewhere survive; their sessions get panes of their own', async () => {
  const [sleeps = '', job = '', elsewhere = '', bare = ''] = await restore([
    clone('fe'),
    clone('fe'),
    bench.checkout,
    clone('be'),
  ]);
  await runIn(sleeps, 'sleep 4242', 'sleep');
  await bench.tmux.run('send-keys', '-t', job, `sleep 4243 & echo sta''rted`, 'Enter');
  await eventually(async () => expect(await bench.tmux.run('capture-pane', '-p', '-t', job)).toContain('started'));
  const shells = (await panes('#{pane_id} #{pane_pid}')).filter((line) => !line.startsWith(`${bare} `));
  await bench.ok('up', 'shop.yaml');
  await everythingIsUp();
  expect(await panes('#{pane_id} #{pane_pid}')).toEqual(expect.arrayContaining(shells));
  expect(
    await bench.tmux.run('display-message', '-p', '-t', sleeps, '#{pane_current_command} #{@claude_tmux_id}'),
  ).toBe('sleep ');
  expect(
    await bench.tmux.run('display-message', '-p', '-t', elsewhere, '#{pane_current_command} #{@claude_tmux_id}'),
  ).toBe('bash ');
  const after = await bench.sessions();
  expect(after[1]?.pane).toBe(bare);
  expect([sleeps, job, elsewhere]).not.toContain(after[0]?.pane);
});

test('a claude that tmux-resurrect has started again in a clone gets no second one beside it, in whatever pane it runs', async () => {
  const [fe = '', be = ''] = await restore([clone('fe'), clone('be')]);
  await bench.tmux.run('send-keys', '-t', fe, `'${bench.sandbox.path('bin', 'claude')}' --continue`, 'Enter');
  const registry = bench.sandbox.path('home', '.claude', 'sessions');
  const restored = await eventually(async () => {
    const entries = await Promise.all(
      (await readdir(registry)).map(
        async (name) => JSON.parse(await readFile(join(registry, name), 'utf8')) as { pid: number; cwd: string },
      ),
    );
    const found = entries.find(({ pid, cwd }) => cwd === clone('fe') && existsSync(`/proc/${pid}`));
    expect(found).toBeDefined();
    return found?.pid ?? 0;
  });
  const { code, stderr } = await bench.ct(['up', 'shop.yaml']);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(`"fe" was not started: another Claude (pid ${restored}) works in its clone ${clone('fe')}`),
  ]);
  expect(await panes('#{pane_id} #{@claude_tmux_id}')).toEqual(expect.arrayContaining([`${fe} `, `${be} be`]));
  expect((await bench.ct(['start', 'fe'])).stderr).toContain('"fe" was not started');
  process.kill(restored, 'SIGKILL');
  await eventually(async () => expect((await bench.ct(['start', 'fe'])).code).toBe(0));
  await everythingIsUp();
});

test('a session of that name in which no bare shell stands in a clone is refused and left as it is', async () => {
  const [pane = ''] = await restore([clone('fe')]);
  await runIn(pane, 'sleep 4242', 'sleep');
  const before = await panes('#{pane_id} #{pane_pid} #{pane_current_command}');
  const { code, stderr } = await bench.ct(['up', 'shop.yaml']);
  expect(code).toBe(1);
  expect(stderr).toContain('a tmux session "shop" exists that is not this fleet\'s');
  expect(await panes('#{pane_id} #{pane_pid} #{pane_current_command}')).toEqual(before);
});

test('a program that was started between the look and the step is left alone, and the script of the plan adopts as up does', async () => {
  const [fe = '', be = '', server = ''] = await restore([clone('fe'), clone('be'), clone('fe')]);
  const script = (await bench.ok('plan', 'shop.yaml', '--format', 'sh')).stdout;
  await runIn(be, 'sleep 4242', 'sleep');
  expect((await run('sh', [], { env: bench.env, cwd: bench.checkout, input: script })).code).toBe(0);
  await eventually(async () =>
    expect(await panes('#{pane_id} #{@claude_tmux_id}')).toEqual([`${fe} fe`, `${be} `, `${server} server`]),
  );
  expect(await bench.tmux.run('display-message', '-p', '-t', be, '#{pane_current_command}')).toBe('sleep');
  expect(await bench.tmux.run('show-options', '-v', '-t', '=shop:', '@claude_tmux_fleet')).not.toBe('');
});

/** Files of the fleet's sessions that name a process, and Claude's registry, as another boot would have left them: their pids are other people's now. */
async function rebooted(): Promise<readonly number[]> {
  const boot = await readBootId();
  const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const registry = bench.sandbox.path('home', '.claude', 'sessions');
  const [uuid = ''] = await readdir(fleets);
  for (const id of ['fe', 'be', 'server']) {
    const stranger = spawn('sleep', ['100000'], { stdio: 'ignore', cwd: clone('be') });
    strangers.push(stranger);
    const pid = stranger.pid ?? 0;
    const start = await readProcStart(pid);
    for (const name of ['pid', 'starting']) {
      const path = join(fleets, uuid, 'launch', id, name);
      const [, , written] = (await readFile(path, 'utf8')).split('\n');
      expect(written?.split(' ')[0]).toBe(boot);
      // The worst of chances: pid and start time are the same, only the boot is another.
      await writeFile(path, `${pid}\n${start ?? ''}\n${written?.replace(boot, 'before') ?? ''}\n`);
    }
    await writeFile(
      join(registry, `${pid}.json`),
      JSON.stringify({
        pid,
        sessionId: 'someone-elses',
        cwd: clone(id),
        procStart: '1',
        kind: 'interactive',
        status: 'busy',
        statusUpdatedAt: 5,
      }),
    );
  }
  return strangers.map(({ pid }) => pid ?? 0);
}

test('after a reboot, with bare shells restored, every conversation is resumed and no process of anybody else is touched', async () => {
  const before = (await bench.sessions()).map(({ agent }) => agent.session_id);
  await restore([clone('fe'), clone('be'), clone('fe')]);
  const pids = await rebooted();
  expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('3 started again');
  await everythingIsUp();
  const after = await bench.sessions();
  expect(after.map(({ agent }) => agent.session_id)).toEqual(before);
  for (const pane of [after[0]?.pane, after[1]?.pane])
    await eventually(async () =>
      expect(await bench.tmux.run('capture-pane', '-p', '-J', '-t', pane ?? '')).toContain('(resumed)'),
    );
  expect(await Promise.all(pids.map(readProcStart))).not.toContain(null);
  expect(strangers.map(({ exitCode, signalCode }) => [exitCode, signalCode])).toEqual(pids.map(() => [null, null]));
  expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
});
