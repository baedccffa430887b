import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ProgramError, UserError } from '../../src/base/errors.ts';
import { emitBatch } from '../../src/plan/batch.ts';
import { readServer, type ServerFacts } from '../../src/tmux/readServer.ts';
import { runBatch } from '../../src/tmux/runBatch.ts';
import { eventually } from '../support/eventually.ts';
import { labelsOf, planOf, upSteps, UUID } from '../plan/planOf.ts';
import { attachTo, makeScene, type Scene } from './scene.ts';
import { withTmuxScript } from './standIn.ts';

const scenes: Scene[] = [];

async function scene(config?: string): Promise<Scene> {
  const made = await makeScene(config === undefined ? {} : { config });
  scenes.push(made);
  return made;
}

afterEach(async () => {
  for (const made of scenes.splice(0)) await made.dispose();
});

/** Reads with a `tmux` that is this script; there is a file where the socket would be. */
function readWith(on: Scene, script: string): Promise<ServerFacts> {
  mkdirSync(dirname(on.server.socket), { recursive: true });
  writeFileSync(on.server.socket, '');
  return readServer(on.server, { uuid: UUID, session: 'shop', env: withTmuxScript(on.sandbox, script) });
}

describe('a server', () => {
  test('that does not run is a fact, and the version is that of the program', async () => {
    const on = await scene();
    const facts = await on.read();
    expect(facts).toMatchObject({ running: false, session: null, nameTaken: false, clients: [], status: 'on' });
    expect(facts.version.major).toBeGreaterThanOrEqual(3);
  });

  test('that has no socket is not asked: only the program is, for its version', async () => {
    const on = await scene();
    const calls = on.sandbox.path('calls');
    const env = withTmuxScript(on.sandbox, `echo "$*" >> '${calls}'; echo 'tmux 3.4'`);
    await expect(readServer(on.server, { uuid: null, session: 'shop', env })).resolves.toMatchObject({
      running: false,
      version: { text: '3.4' },
    });
    expect(readFileSync(calls, 'utf8')).toMatch(/^\S.* -V\n$/);
  });

  test('that ended and left its socket behind does not run', async () => {
    const on = await scene();
    await on.up(labelsOf(1));
    await on.tmux.dispose();
    expect((await on.read()).running).toBe(false);
  });

  test('with the fleet gives its windows and panes, and nobody else', async () => {
    const on = await scene();
    await on.tmux.run('new-session', '-d', '-s', 'mine', 'sleep 1000');
    await on.up(labelsOf(3));
    const facts = await on.read();
    expect(facts).toMatchObject({ running: true, nameTaken: false, session: { name: 'shop' } });
    expect(
      facts.session?.windows.map(({ columns, rows, active, zoomed, panes }) => ({
        columns,
        rows,
        active,
        zoomed,
        panes: panes.map((pane) => pane.session),
      })),
    ).toEqual([{ columns: 200, rows: 49, active: true, zoomed: false, panes: ['p1', 'p2', 'p3'] }]);
    for (const pane of facts.session?.windows[0]?.panes ?? []) expect(pane.pid).toBeGreaterThan(1);
  });

  test('says how it sizes windows', async () => {
    const on = await scene();
    await on.tmux.run('new-session', '-d', '-s', 'mine', 'sleep 1000');
    expect(await on.read()).toMatchObject({
      running: true,
      windowSize: 'latest',
      updateEnvironment: expect.arrayContaining(['SSH_AUTH_SOCK']) as unknown,
    });
    await on.tmux.run('set-option', '-gw', 'window-size', 'manual');
    expect(await on.read()).toMatchObject({
      windowSize: 'manual',
      updateEnvironment: expect.arrayContaining(['SSH_AUTH_SOCK']) as unknown,
    });
  });

  test('knows the fleet by its uuid, whatever its session is called now', async () => {
    const on = await scene();
    await on.up(labelsOf(1));
    await on.tmux.run('rename-session', '-t', '=shop:', 'renamed');
    await on.tmux.run('new-session', '-d', '-s', 'shop', 'sleep 1000');
    expect(await on.read()).toMatchObject({ nameTaken: true, session: { name: 'renamed' } });
  });

  test("tells the session of that name that bears no mark, when the fleet has none; one that another fleet marked is somebody's", async () => {
    const on = await scene();
    await on.tmux.run('new-session', '-d', '-s', 'shop', 'sleep 1000');
    expect(await on.read()).toMatchObject({
      nameTaken: true,
      session: null,
      namesake: { name: 'shop', windows: [{ panes: [{ session: null }] }] },
    });
    await on.tmux.run('set-option', '-t', '=shop:', '@claude_tmux_fleet', 'another');
    expect(await on.read()).toMatchObject({ nameTaken: true, session: null, namesake: null });
  });

  test('counts the windows that a grouped session shares once', async () => {
    const on = await scene();
    await on.up(labelsOf(2));
    await on.tmux.run('new-session', '-d', '-t', '=shop');
    expect((await on.session()).windows.map((window) => window.panes.length)).toEqual([2]);
  });

  test('that has no session left still runs', async () => {
    const on = await scene('set -s exit-empty off\n');
    await on.tmux.run('start-server');
    expect(await on.read()).toMatchObject({ running: true, session: null, clients: [] });
  });

  test('tells its status lines and the terminals that are attached', async () => {
    const on = await scene();
    await on.up(labelsOf(1));
    await on.tmux.run('set-option', '-g', 'status', '2');
    await on.attach(attachTo(on, '=shop'), { columns: 133, rows: 37 });
    const { id } = await on.session();
    await eventually(async () => {
      expect(await on.read()).toMatchObject({
        status: '2',
        clients: [
          { columns: 133, rows: 37, sessionId: id, name: expect.stringMatching(/^\/dev\//) as string, paneId: '%0' },
        ],
      });
    });
  });

  test('leaves control clients out: they have no terminal', async () => {
    const on = await scene();
    await on.up(labelsOf(1));
    await on.attach(['sh', '-c', `tail -f /dev/null | tmux -S ${on.server.socket} -C attach -t =shop`], {
      columns: 80,
      rows: 24,
    });
    await eventually(async () => expect(await on.tmux.run('list-clients')).not.toBe(''));
    expect((await on.read()).clients).toEqual([]);
  });
});

describe('hostile names', () => {
  test('of windows, sessions and panes of others change nothing', async () => {
    const on = await scene();
    await on.up(labelsOf(2));
    const name = 'P $0 @0 0 1 0 200 49 %9 1 0 99 p9\nS $9 1 shop\tV 1.0 #{pid} #(id)';
    await on.tmux.run(
      'new-session',
      '-d',
      '-s',
      'x y z 1',
      '-n',
      'w',
      'sleep 1000',
      ';',
      'set-option',
      '-p',
      '@claude_tmux_id',
      `${name}\n${name}`,
    );
    // tmux 3.7 refuses a name with control characters.
    const rename = (to: string): Promise<string> => on.tmux.run('rename-window', '-t', '=x y z 1:', to);
    await rename(name).catch(() => rename(name.replace(/[\n\t]/g, ' ')));
    await on.tmux.run('set-option', '-p', '-t', '=shop:', '@claude_tmux_id', 'a b\nP $0 @0 0 1 0 200 49 %9 1 0 99 p9');
    const { session, nameTaken } = await on.read();
    expect(nameTaken).toBe(false);
    expect(session?.windows.map((window) => window.panes.map((pane) => pane.session))).toEqual([
      ['a?b?P??0??0?0?1?0?200?49??9?1?0?99?p9', 'p2'],
    ]);
  });

  test('a uuid that is none is our mistake, and reaches no format', async () => {
    const on = await scene();
    await expect(readServer(on.server, { uuid: '#(id)', session: 'shop', env: on.sandbox.env })).rejects.toThrow(
      'not a uuid',
    );
  });
});

describe('trouble is told apart from "nothing there"', () => {
  test.each([
    ['no right to the socket', 'error connecting to /x (Permission denied)', 'cannot be reached'],
    ['a server of another version', 'protocol version mismatch (client 8, server 7)', 'another version'],
  ])('%s', async (_what, stderr, message) => {
    const on = await scene();
    const reading = readWith(on, `echo '${stderr}' >&2; exit 1`);
    await expect(reading).rejects.toThrow(UserError);
    await expect(reading).rejects.toThrow(message);
  });

  test('an answer that is cut off', async () => {
    const on = await scene();
    await expect(readWith(on, "echo 'V 3.3a'; echo on; echo 'something odd' >&2; exit 1")).rejects.toThrow(
      ProgramError,
    );
    await expect(readWith(on, 'exit 0')).rejects.toThrow(ProgramError);
  });

  test('a server that ends while it is asked is asked once more', async () => {
    const on = await scene();
    const calls = on.sandbox.path('calls');
    const script = `echo x >> '${calls}'; [ "$(wc -l < '${calls}')" -gt 1 ] && { echo "no server running on x" >&2; exit 1; }; echo 'server exited unexpectedly' >&2; exit 1`;
    await expect(readWith(on, `case "$*" in *-V) echo 'tmux 3.4';; *) ${script};; esac`)).resolves.toMatchObject({
      running: false,
      version: { text: '3.4' },
    });
    expect(readFileSync(calls, 'utf8').split('\n')).toHaveLength(3);
  });

  test('something that listens and is not tmux', { timeout: 60_000 }, async () => {
    const on = await scene();
    const listener = createServer((socket) => socket.destroy()).listen(on.server.socket);
    await eventually(() => expect(listener.listening).toBe(true));
    await expect(on.read()).rejects.toThrow();
    listener.close();
  });

  test.each(['tmux 3.1c', 'tmux 2.9', 'tmux 3.2'])('%s is refused', async (version) => {
    const on = await scene();
    const reading = readWith(
      on,
      `case "$*" in *-V) echo '${version}';; *) echo 'no server running on x' >&2; exit 1;; esac`,
    );
    await expect(reading).rejects.toThrow(`${version} is too old: claude-tmux needs 3.2a or newer`);
  });

  test.each(['tmux 3.2a', 'tmux 3.5a', 'tmux next-3.8', 'tmux 3.7c'])('%s is taken', async (version) => {
    const on = await scene();
    await expect(
      readWith(on, `case "$*" in *-V) echo '${version}';; *) echo 'no server running on x' >&2; exit 1;; esac`),
    ).resolves.toMatchObject({ running: false });
  });

  test('a program that is no tmux', async () => {
    const on = await scene();
    await expect(
      readWith(on, `case "$*" in *-V) echo 'busybox';; *) echo 'no server running on x' >&2; exit 1;; esac`),
    ).rejects.toThrow(ProgramError);
  });
});

test('looking and bringing up start one tmux each, however many panes', async () => {
  const on = await scene();
  const log = on.sandbox.path('started');
  const env = withTmuxScript(on.sandbox, `echo "$*" >> '${log}'; PATH='${on.sandbox.env.PATH ?? ''}' exec tmux "$@"`);
  await on.tmux.run('new-session', '-d', '-s', 'mine', 'sleep 1000');
  const { version } = await readServer(on.server, { uuid: UUID, session: 'shop', env });
  const labels = labelsOf(30);
  const launchFiles = Object.fromEntries(labels.map(({ id }) => [id, '/dev/null']));
  const text = emitBatch({ plan: planOf(labels, upSteps(labels)), uuid: UUID, launchFiles, startFolder: '/', version });
  expect((await runBatch(on.server, text, env)).made.size).toBeGreaterThan(30);
  expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(2);
});
