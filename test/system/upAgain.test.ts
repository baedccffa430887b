import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

const up = (...args: string[]): Promise<unknown> => bench.ok('up', 'shop.yaml', '--yes', ...args);

async function screenOf(id: string): Promise<string> {
  const pane = (await bench.sessions()).find((session) => session.id === id)?.pane;
  return pane === null || pane === undefined ? '' : bench.tmux.run('capture-pane', '-p', '-J', '-t', pane);
}

async function pidOf(id: string): Promise<number> {
  const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  return Number((await readFile(join(fleets, uuid, 'launch', id, 'pid'), 'utf8')).split('\n')[0]);
}

describe('up, again and again', () => {
  test('makes clones, branches, panes and started agents from one command', async () => {
    await up();
    const sessions = await eventually(async () => {
      const all = await bench.sessions();
      expect(all.map((session) => session.agent.state)).toEqual([TOLD, TOLD, 'running']);
      return all;
    });
    expect(
      sessions.map(({ number, name, branch, changes, error }) => ({ number, name, branch, changes, error })),
    ).toEqual([
      { number: 1, name: 'Frontend - Dark Mode', branch: 'feature/fe', changes: 0, error: null },
      { number: 2, name: 'Backend - Auth API', branch: 'feature/be', changes: 0, error: null },
      { number: 3, name: 'Server', branch: 'feature/fe', changes: 0, error: null },
    ]);
    expect(await bench.git(sessions[1]?.path ?? '', 'remote', 'get-url', 'origin')).toBe(bench.remote);
    await eventually(async () => expect(await screenOf('fe')).toContain('Make it dark.'));
    expect(await bench.tmux.run('list-windows', '-t', '=shop:', '-F', '#{window_panes}')).toBe('3');
  });

  test('a second up is an empty plan and changes nothing', async () => {
    await up();
    await eventually(async () => expect((await bench.sessions())[0]?.agent.state).toBe(TOLD));
    const before = await bench.tmux.run(
      'list-panes',
      '-s',
      '-t',
      '=shop',
      '-F',
      '#{pane_id} #{pane_pid} #{window_layout} #{pane_active}',
    );
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    expect(
      await bench.tmux.run(
        'list-panes',
        '-s',
        '-t',
        '=shop',
        '-F',
        '#{pane_id} #{pane_pid} #{window_layout} #{pane_active}',
      ),
    ).toBe(before);
  });

  test('after a closed pane just that pane comes back, its conversation resumed and its prompt not sent twice', async () => {
    await up();
    await eventually(async () => expect(await screenOf('fe')).toContain('Make it dark.'));
    const [fe, be] = await eventually(async () => {
      const all = await bench.sessions();
      expect(all[0]?.agent.state).toBe(TOLD);
      return all;
    });
    await bench.tmux.run('kill-pane', '-t', fe?.pane ?? '');
    await eventually(async () =>
      expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('pane fe: create-pane'),
    );
    await up();
    await eventually(async () => expect(await screenOf('fe')).toContain('(resumed)'));
    expect(await screenOf('fe')).not.toContain('Make it dark.');
    const after = await bench.sessions();
    expect(after[0]?.agent.session_id).toBe(fe?.agent.session_id);
    expect(after[1]?.pane).toBe(be?.pane);
  });

  test('after kill -9 of an agent its pane stays with a footer, and up starts it again in the same pane', async () => {
    await up();
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toEqual(TOLD));
    const pane = (await bench.sessions())[1]?.pane;
    process.kill(await pidOf('be'), 'SIGKILL');
    await eventually(async () =>
      expect((await bench.sessions())[1]?.agent).toMatchObject({ state: 'crashed', detail: 'ended by signal 9' }),
    );
    await eventually(async () => expect(await screenOf('be')).toMatch(/resume.*shell.*close/));
    await up();
    await eventually(async () =>
      expect((await bench.sessions())[1]).toMatchObject({ pane, agent: { state: AT_REST } }),
    );
  });

  test('after kill-server everything comes back with its conversations', async () => {
    await up();
    await eventually(async () => expect(await screenOf('fe')).toContain('Make it dark.'));
    const ids = (await bench.sessions()).map((session) => session.agent.session_id);
    await bench.tmux.dispose();
    await bench.tmux.run('new-session', '-d', '-s', 'mine', '-x', '200', '-y', '50', 'sleep 100000');
    await up();
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
    );
    expect((await bench.sessions()).map((session) => session.agent.session_id)).toEqual(ids);
    await eventually(async () => expect(await screenOf('fe')).toContain('(resumed)'));
  });

  test('an agent that the user ended stays ended, also when its pane was closed', async () => {
    await up();
    const pane = await eventually(async () => {
      const [, be] = await bench.sessions();
      expect(be?.agent.state).toEqual(TOLD);
      return be?.pane ?? '';
    });
    await bench.tmux.run('send-keys', '-t', pane, '-l', '/exit');
    await bench.tmux.run('send-keys', '-t', pane, 'Enter');
    await eventually(async () =>
      expect((await bench.sessions())[1]?.agent).toMatchObject({ state: 'exited', detail: 'exit code 0' }),
    );
    expect((await bench.ok('up', 'shop.yaml')).stderr).toMatch(/"be": what ran there ended by itself.*nothing to do/s);
    await bench.tmux.run('kill-pane', '-t', pane);
    await up();
    await eventually(async () => expect(await screenOf('be')).toMatch(/Backend - Auth API.*exit code 0/));
    expect((await bench.sessions())[1]?.agent.state).toBe('exited');
  });

  test('a pane added to the file is added alone, and the focus stays where it is', async () => {
    await up();
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
    );
    const focus = await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_id} #{pane_id}');
    await bench.layout(`${SHOP}  - { name: Docs, id: docs, component: docs }\n`);
    const { stdout } = await bench.ok('plan', 'shop.yaml');
    expect(stdout).toContain('clone docs: make-clone');
    expect(stdout).not.toMatch(/(clone|pane) (fe|be|server):/);
    await up();
    expect((await bench.sessions()).map((session) => session.id)).toEqual(['fe', 'be', 'server', 'docs']);
    expect(await bench.tmux.run('display-message', '-p', '-t', '=shop:', '#{window_id} #{pane_id}')).toBe(focus);
  });

  test('a changed pane and a removed pane are reported and run on', async () => {
    await up();
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toEqual(TOLD));
    const pid = await pidOf('be');
    await bench.layout(
      SHOP.replace('component: backend', 'component: backend\n    claude: {model: opus}').replace(
        / {2}- name: "Server"[\s\S]*/,
        '',
      ),
    );
    const { stderr } = await bench.ok('up', 'shop.yaml', '--yes');
    expect(stderr).toContain('pane "be" changed in the layout since it started');
    expect(stderr).toContain('pane "server" is no longer in the layout. It runs on untouched');
    expect(await pidOf('be')).toBe(pid);
    await bench.ok('restart', 'be', '--yes');
    await eventually(async () => expect(await screenOf('be')).toContain('[--model] [opus]'));
    expect((await bench.ok('up', 'shop.yaml')).stderr).not.toContain('pane "be" changed');
  });

  test('two ups at once make one fleet', async () => {
    const both = await Promise.all([
      bench.apart(['up', 'shop.yaml', '--yes']),
      bench.apart(['up', 'shop.yaml', '--yes']),
    ]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect((await bench.tmux.run('list-sessions', '-F', '#{session_name}')).split('\n').sort()).toEqual([
      'mine',
      'shop',
    ]);
    expect((await bench.tmux.run('list-panes', '-s', '-t', '=shop')).split('\n')).toHaveLength(3);
  });

  test('the fleet is known from any folder and after a reboot', async () => {
    await up();
    await bench.tmux.dispose();
    await mkdir(bench.sandbox.path('elsewhere'));
    const elsewhere = { cwd: bench.sandbox.path('elsewhere') };
    expect((await bench.ct(['ls'], elsewhere)).stdout).toMatch(/^shop +down, 3 sessions/);
    expect((await bench.ct(['up', 'shop'], elsewhere)).code).toBe(0);
    expect((await bench.ct(['path', 'be'], elsewhere)).stdout.trim()).toBe(
      bench.sandbox.path('home', 'workspaces', 'shop', 'be'),
    );
  });
});
