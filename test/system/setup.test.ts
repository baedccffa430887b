import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => (bench = await makeBench()));
afterEach(() => bench.dispose());

const home = (...parts: string[]): string => bench.sandbox.path('home', ...parts);
const sessionOf = async (id: string) => (await bench.sessions()).find((session) => session.id === id);
const screenOf = async (id: string): Promise<string> =>
  bench.tmux.run('capture-pane', '-p', '-J', '-S', '-', '-t', (await sessionOf(id))?.pane ?? '');
/** The shop, with setup commands for the clone of `be`. */
const withSetup = (...commands: string[]): string =>
  SHOP.replace(
    'component: backend',
    `component: backend\n    prompt: "Do it."\n    setup: ${JSON.stringify(commands)}`,
  );
const up = (): Promise<unknown> => bench.ok('up', 'shop.yaml', '--yes');
/** Its setup ends badly: whether that has happened when the command looks decides the exit code. */
async function fails(...args: string[]): Promise<void> {
  const { code, stderr } = await bench.ct([...args, '--yes']);
  if (code !== 0) expect([code, stderr]).toEqual([1, expect.stringContaining('its setup ended with exit code 7')]);
}
/** A command that says `said` and ends when the file is there. */
const until = (file: string, said: string): string => `echo ${said}; until [ -e "$HOME/${file}" ]; do sleep 0.05; done`;

async function fleetFolder(): Promise<string> {
  const fleets = home('.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  return join(fleets, uuid);
}

describe('setup', () => {
  test('runs in its pane, where its output is seen, and the agent starts when it has ended; the log has all of it', async () => {
    await bench.layout(withSetup(until('go', 'installing'), 'echo set up >done.txt'));
    await up();
    await eventually(async () =>
      expect((await sessionOf('be'))?.agent).toMatchObject({ state: 'starting', detail: 'its setup runs' }),
    );
    await eventually(async () => expect(await screenOf('be')).toMatch(/\$ echo installing[^]*\ninstalling/));
    await eventually(async () => expect((await sessionOf('fe'))?.agent.state).toEqual(TOLD));
    expect((await bench.ok('up', 'shop.yaml')).stderr).toContain('nothing to do');
    await writeFile(home('go'), '');
    await eventually(async () => expect(await screenOf('be')).toContain('Do it.'));
    expect(await readFile(join((await sessionOf('be'))?.path ?? '', 'done.txt'), 'utf8')).toBe('set up\n');
    expect(await readFile(join(await fleetFolder(), 'logs', 'be.setup.log'), 'utf8')).toContain('installing\n');
    expect((await bench.ok('plan', 'shop.yaml')).stdout).not.toContain('run-setup');
  });

  test('that ends badly is shown with its exit code and starts nothing; up runs it again, and so does a key', async () => {
    await bench.layout(withSetup('test -e "$HOME/ready" || { echo no database; exit 7; }'));
    await fails('up', 'shop.yaml');
    const failed = async (): Promise<void> => {
      await eventually(async () =>
        expect((await sessionOf('be'))?.agent).toMatchObject({
          state: 'crashed',
          detail: expect.stringContaining('its setup ended with exit code 7') as unknown,
        }),
      );
      await eventually(async () =>
        expect(await screenOf('be')).toMatch(/no database[^]*its setup ended with exit code 7, so nothing was started/),
      );
    };
    await failed();
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toMatch(/clone be: run-setup .*its setup did not finish/);
    await fails('up', 'shop.yaml');
    await failed();
    await fails('restart', 'be');
    await failed();
    expect(await screenOf('be')).not.toContain('Do it.');
    await writeFile(home('ready'), '');
    await bench.tmux.run('send-keys', '-t', (await sessionOf('be'))?.pane ?? '', 'r');
    await eventually(async () => expect((await sessionOf('be'))?.agent.state).toEqual(AT_REST));
    await eventually(async () => expect(await screenOf('be')).toContain('Do it.'));
  });

  test('two run at a time, however many clones are new', async () => {
    // Each counts those that run with it; who is alone for long goes on too.
    const command =
      'mkdir -p "$HOME/running"; : >"$HOME/running/$$"; sleep 0.4; ls "$HOME/running" | wc -l >>"$HOME/counts"; rm "$HOME/running/$$"';
    const panes = ['a', 'b', 'c', 'd', 'e'].map(
      (id) => `  - { name: The ${id}, id: ${id}, component: tests, run: sleep 100000, branch: mine/${id} }`,
    );
    await bench.layout(
      `name: shop\nstrategy: component\nsetup: [${JSON.stringify(command)}]\npanes:\n${panes.join('\n')}\n`,
    );
    await up();
    await eventually(
      async () =>
        expect((await bench.sessions()).map((session) => session.agent.state)).toEqual(Array(5).fill('running')),
      { within: 60_000 },
    );
    const counts = (await readFile(home('counts'), 'utf8')).trim().split('\n').map(Number);
    expect(counts).toHaveLength(5);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  });

  test('runs once in a clone, whichever of its panes is first; the others wait for it', async () => {
    await bench.layout(
      withSetup('echo once >>"$HOME/times"', until('go', 'installing')).replace(
        'run: sleep 100000',
        'run: sleep 100000\n    in: be',
      ),
    );
    await up();
    await eventually(async () => {
      const details = (await bench.sessions()).map((session) => session.agent.detail).sort();
      expect(details).toContain('its setup runs');
      expect(details).toContain('waits for the setup of its clone, which another pane runs');
    });
    await writeFile(home('go'), '');
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, AT_REST, 'running']),
    );
    expect(await readFile(home('times'), 'utf8')).toBe('once\n');
  });

  test('that was killed in the middle gives its turn back, and up runs all of it again', async () => {
    await bench.layout(withSetup('echo once >>"$HOME/times"', until('go', 'installing')));
    await up();
    await eventually(() => expect(existsSync(home('times'))).toBe(true));
    await bench.tmux.dispose();
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).not.toContain('starting'),
    );
    await writeFile(home('go'), '');
    await up();
    await eventually(async () => expect((await sessionOf('be'))?.agent.state).toEqual(AT_REST));
    expect(await readFile(home('times'), 'utf8')).toBe('once\nonce\n');
  });

  test('does not wait for what it leaves running in the background, and that no longer writes into the pane', async () => {
    await bench.layout(withSetup('(trap "" PIPE; sleep 3; echo late; : >"$HOME/late") & echo started'));
    await up();
    await eventually(async () => expect((await sessionOf('be'))?.agent.state).toEqual(AT_REST));
    await eventually(() => expect(existsSync(home('late'))).toBe(true));
    expect(await screenOf('be')).not.toMatch(/^late/m);
  });

  test('that ends badly is told at the session whose clone it is, not at one that shares the clone', async () => {
    await bench.layout(withSetup('exit 7').replace('run: sleep 100000', 'run: sleep 100000\n    in: be'));
    await fails('up', 'shop.yaml');
    await eventually(async () => {
      expect((await sessionOf('be'))?.agent.state).toBe('crashed');
      expect((await sessionOf('server'))?.agent).toMatchObject({
        state: 'waiting',
        detail: 'for the setup of its clone, which ended badly: see "be"',
      });
    });
  });

  test('has the variables of its own session, in whichever pane it runs', async () => {
    await bench.layout(
      withSetup('echo "$MINE" >"$HOME/mine"')
        .replace('component: backend', 'component: backend\n    env: {MINE: "it\'s $(mine)"}')
        .replace('run: sleep 100000', 'run: sleep 100000\n    in: be'),
    );
    await up();
    await eventually(async () => expect(await readFile(home('mine'), 'utf8')).toBe("it's $(mine)\n"));
  });
});
