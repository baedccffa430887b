import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes');
});
afterEach(() => bench.dispose());

const ids = async (): Promise<readonly string[]> => (await bench.sessions()).map((session) => session.id);
const sessionOf = async (id: string) => (await bench.sessions()).find((session) => session.id === id);
async function screenOf(id: string): Promise<string> {
  return bench.tmux.run('capture-pane', '-p', '-J', '-t', (await sessionOf(id))?.pane ?? '');
}

/** A whole command for one pane: what its launch file calls the program with. */
async function startsOf(id: string): Promise<readonly string[]> {
  const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  const folder = join(fleets, uuid);
  const text = await readFile(join(folder, 'launch', id, 'start.sh'), 'utf8');
  return text
    .split('\n')
    .filter((line) => /^start_(fresh|again)/.test(line))
    .map((line) => line.replaceAll(folder, 'FLEET'));
}

describe('add', () => {
  test('brings one more session into a running fleet, touches no other, and up brings it back after kill-server', async () => {
    await eventually(async () => expect((await bench.sessions())[0]?.agent.state).toEqual(TOLD));
    const before = await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_id} #{pane_pid}');
    await bench.ok('add', 'Docs', 'for', 'users', '--prompt', 'Write them.');
    const docs = await eventually(async () => {
      const found = await sessionOf('docs-for-users');
      expect(found).toMatchObject({
        number: 4,
        name: 'Docs for users',
        branch: 'feature/docs-for-users',
        agent: { state: TOLD },
      });
      return found;
    });
    await eventually(async () => expect(await screenOf('docs-for-users')).toContain('Write them.'));
    expect(await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_id} #{pane_pid}')).toContain(before);
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain('\nnothing to do\n');
    await bench.tmux.dispose();
    await bench.ok('up', 'shop.yaml');
    await eventually(async () => expect(await screenOf('docs-for-users')).toContain('(resumed)'));
    expect((await sessionOf('docs-for-users'))?.agent.session_id).toBe(docs?.agent.session_id);
  });

  test('takes what a pane of the layout takes: a command in the clone of another, a branch of its own', async () => {
    await bench.ok('add', 'Watch', '--run', 'sleep 100000', '--in', 'be');
    await bench.ok('add', 'Second', '--id', 'two', '--component', 'tests', '--branch', 'mine/two');
    expect(await ids()).toEqual(['fe', 'be', 'server', 'watch', 'two']);
    expect((await sessionOf('watch'))?.path).toBe((await sessionOf('be'))?.path);
    expect(await sessionOf('two')).toMatchObject({ branch: 'mine/two', color: 'yellow' });
  });

  test('a web session is teleported at its first start and resumed later', async () => {
    await bench.ok('add', 'From the web', '--id', 'web', '--teleport', 'session_01AbC');
    expect(await startsOf('web')).toMatchInlineSnapshot(`
      [
        "start_fresh() { run 'claude' '--teleport' 'session_01AbC' '--name' 'From the web' '--settings' 'FLEET/launch/web/settings.json' '--plugin-dir' 'FLEET/plugin'; }",
        "start_again() { run 'claude' '--resume' "$conversation" '--name' 'From the web' '--settings' 'FLEET/launch/web/settings.json' '--plugin-dir' 'FLEET/plugin'; }",
      ]
    `);
  });

  test('refuses what a layout would refuse, in words about the new session, and leaves nothing', async () => {
    const before = await bench.ok('plan', 'shop.yaml');
    const refused = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await bench.ct(['add', ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await refused('Front', '--id', 'fe')).toContain('this fleet has a session "fe" already');
    expect(await refused('Front', '--task', 'feature')).toMatch(
      /"Front" cannot be added: "task" belongs to the strategy "task"/,
    );
    expect(await refused('Front', '--branch', 'a..b')).toContain('a..b');
    expect(await refused('Front', '--in', 'nobody')).toContain('nobody');
    expect(await refused('Front', '--run', 'x', '--prompt', 'y')).toContain('do not go together');
    expect(await refused('Front', '--teleport', '--evil')).toContain('no id of a claude.ai/code session');
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toBe(before.stdout);
    expect(await ids()).toEqual(['fe', 'be', 'server']);
  });

  test('one that the layout has by now is the layout’s', async () => {
    await bench.ok('add', 'Docs', '--id', 'docs');
    await bench.layout(`${SHOP}  - { name: The Docs, id: docs, component: docs }\n`);
    await bench.ok('up', 'shop.yaml', '--yes');
    expect((await bench.sessions()).map(({ id, name }) => [id, name])).toContainEqual(['docs', 'The Docs']);
    expect(await ids()).toEqual(['fe', 'be', 'server', 'docs']);
  });
});

describe('start', () => {
  const end = async (id: string): Promise<string> => {
    const pane =
      (
        await eventually(async () => {
          const found = await sessionOf(id);
          expect(found?.agent.state).toEqual(AT_REST);
          return found;
        })
      )?.pane ?? '';
    await bench.tmux.run('send-keys', '-t', pane, '-l', '/exit');
    await bench.tmux.run('send-keys', '-t', pane, 'Enter');
    await eventually(async () => expect((await sessionOf(id))?.agent.state).toBe('exited'));
    return pane;
  };

  test('starts what the user had ended, in its pane, its conversation resumed; what runs is left alone', async () => {
    const pane = await end('fe');
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('claude-tmux start fe');
    await bench.ok('start', 'fe');
    await eventually(async () => expect(await sessionOf('fe')).toMatchObject({ pane, agent: { state: AT_REST } }));
    await eventually(async () => expect(await screenOf('fe')).toContain('(resumed)'));
    expect((await bench.ok('start', 'fe')).stderr).toContain('"fe" runs already');
  });

  test('makes the pane again when that is gone too, and starts in it', async () => {
    await bench.tmux.run('kill-pane', '-t', await end('be'));
    await bench.ok('start', 'be');
    await eventually(async () => expect((await sessionOf('be'))?.agent.state).toEqual(AT_REST));
  });
});
