import { spawnSync } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StatusReport } from '../../src/status/report.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux } from '../support/privateTmux.ts';
import { PROGRAM, runProgram } from '../support/program.ts';
import { run, type Ended } from '../support/run.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

const UNSHARE = ['-p', '-f', '-u', '-m', '--mount-proc'];
const canUnshare = spawnSync('unshare', [...UNSHARE, 'true']).status === 0;

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes', '--detach');
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
});
afterEach(() => bench.dispose());

async function fleetFolder(): Promise<string> {
  const fleets = bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  return join(fleets, uuid);
}

async function record(): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(join(await fleetFolder(), 'fleet.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
}

async function changeRecord(change: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(join(await fleetFolder(), 'fleet.json'), JSON.stringify({ ...(await record()), ...change }));
}

/** Everything that must not change: panes with their processes, the record, what is in the folders of the sessions. */
async function untouched(): Promise<unknown> {
  const panes = await bench.tmux.run('list-panes', '-a', '-F', '#{session_name} #{pane_id} #{pane_pid}');
  const names = await readdir(join(await fleetFolder(), 'launch', 'fe'));
  return { panes, record: await record(), names, inbox: await readdir(join(await fleetFolder(), 'inbox')) };
}

/** Each goes another way to what it does; the others are tried where that costs no process. */
const CHANGES = ['up', 'down', 'send', 'close', 'sync', 'task', 'restart'];

const VERBS: readonly (readonly string[])[] = [
  ['up', 'shop.yaml', '--detach', '--yes'],
  ['plan', 'shop.yaml'],
  ['down', 'shop', '--yes'],
  ['send', 'fe', 'more'],
  ['close', 'fe', '--yes'],
  ['undo', 'fe', '--yes'],
  ['sync'],
  ['task', 'fe', 'next', '--yes'],
  ['start', 'fe', '--yes'],
  ['restart', 'fe', '--yes'],
  ['rename', 'fe', 'Else'],
  ['add', 'More', '--component', 'docs', '--yes'],
  ['exec', 'fe', '--', 'true'],
  ['shell', 'fe'],
  ['attach', 'shop'],
  ['go', 'fe'],
];

describe.skipIf(!canUnshare)('a fleet seen from another pid namespace (a container with home and socket)', () => {
  const inside = (...args: string[]): Promise<Ended> => {
    const [command = '', ...rest] = args;
    const program = [process.execPath, PROGRAM, command, '-S', bench.tmux.socket, ...rest];
    return run('unshare', [...UNSHARE, 'sh', '-c', 'hostname box && exec "$@"', 'sh', ...program], {
      env: bench.env,
      cwd: bench.checkout,
    });
  };
  const states = async (): Promise<unknown> => {
    const { stdout } = await inside('status', '--format', 'json');
    return (JSON.parse(stdout) as StatusReport).fleets.flatMap(({ sessions }) =>
      sessions.map(({ agent }) => agent.state),
    );
  };

  test('is unknown there, and no verb acts on it', async () => {
    const before = await untouched();
    expect(await states()).toEqual(['unknown', 'unknown', 'unknown']);
    for (const verb of VERBS.filter(([name = '']) => CHANGES.includes(name))) {
      const ended = await inside(...verb);
      expect([verb[0], ended.code, ended.stderr]).toEqual([
        verb[0],
        1,
        expect.stringContaining('"shop" lives in another pid namespace (a container) of this machine'),
      ]);
      expect(ended.stderr).toContain('--move-here');
    }
    expect(await untouched()).toEqual(before);
  });

  test('is known by its server alone where its record, of an older version, names no machine', async () => {
    await changeRecord({ machine: undefined });
    const before = await untouched();
    expect(await states()).toEqual(['unknown', 'unknown', 'unknown']);
    for (const verb of VERBS.filter(([name = '']) => ['up', 'down', 'send', 'close'].includes(name))) {
      const ended = await inside(...verb);
      expect([verb[0], ended.code, ended.stderr]).toEqual([verb[0], 1, expect.stringMatching(/another pid namespace/)]);
    }
    expect(await untouched()).toEqual(before);
  });
});

describe('a fleet of another machine that shares the home, or of the machine this home was copied from', () => {
  const OTHER = { id: 'f'.repeat(32), boot: 'another', namespace: '4026531836', host: 'desk' };

  test("is refused by every verb with that machine's name, and moves only when told to", async () => {
    await changeRecord({ machine: OTHER });
    const before = await untouched();
    expect((await bench.sessions()).map(({ agent }) => agent.detail)).toEqual(
      Array(3).fill('lives on another machine, "desk", whose processes cannot be seen from here'),
    );
    for (const verb of VERBS) {
      const ended = await bench.ct(verb);
      expect([verb[0], ended.code, ended.stderr]).toEqual([
        verb[0],
        1,
        expect.stringContaining('"shop" lives on another machine, "desk"'),
      ]);
      expect(ended.stderr).toContain('claude-tmux up shop --move-here');
    }
    expect((await bench.ok('prune', '--yes')).stderr).toContain('"shop" lives on another machine');
    expect((await bench.ok('ls')).stdout).toContain('on "desk"');
    expect(await untouched()).toEqual(before);

    await bench.ok('up', 'shop', '--detach', '--yes', '--move-here');
    await bench.ok('down', 'shop', '--yes');
    await bench.ok('up', 'shop', '--detach', '--yes');
    expect((await record())['machine']).not.toEqual(OTHER);
  });

  test("is its own after a reboot, and of an older version's record", async () => {
    const machine = (await record())['machine'] as Readonly<Record<string, unknown>>;
    for (const was of [{ ...machine, boot: 'before' }, undefined]) {
      await changeRecord({ machine: was });
      expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']);
      await bench.ok('up', 'shop', '--detach', '--yes');
    }
    expect((await record())['machine']).toEqual(machine);
  });
});

describe('a fleet on another tmux server of this machine', () => {
  test('is not moved by -L or -S while it lives, and no verb acts on the other server', async () => {
    const other = startTmux(bench.sandbox);
    await other.run('new-session', '-d', '-s', 'else', 'sleep 1000');
    const before = await untouched();
    for (const verb of VERBS) {
      const [command = '', ...rest] = verb;
      const ended = await runProgram([command, '-S', other.socket, ...rest], { env: bench.env, cwd: bench.checkout });
      expect([command, ended.code, ended.stderr]).toEqual([
        command,
        1,
        expect.stringContaining(
          `"shop" runs on the tmux server at "${bench.tmux.socket}", not on the one at "${other.socket}"`,
        ),
      ]);
      expect(ended.stderr).toContain(`claude-tmux up -S ${bench.tmux.socket} shop`);
    }
    expect(await untouched()).toEqual(before);
    expect(await other.run('list-sessions', '-F', '#{session_name}')).toBe('else');
    const seen = await run(process.execPath, [PROGRAM, 'status', '--format', 'json', '-S', other.socket], {
      env: bench.env,
      cwd: bench.checkout,
    });
    expect((JSON.parse(seen.stdout) as StatusReport).fleets.map(({ socket }) => socket)).toEqual([bench.tmux.socket]);
    await other.dispose();
  });

  test('moves with up -S when it is down', async () => {
    const other = startTmux(bench.sandbox);
    await other.run('new-session', '-d', '-s', 'else', 'sleep 1000');
    await bench.ok('down', 'shop', '--yes');
    const ended = await run(process.execPath, [PROGRAM, 'up', '-S', other.socket, 'shop', '--detach', '--yes'], {
      env: bench.env,
      cwd: bench.checkout,
    });
    expect([ended.code, ended.stderr]).toEqual([0, expect.stringContaining('is up')]);
    expect((await record())['socket']).toBe(other.socket);
    await other.dispose();
  });

  test.each(['up', 'down', 'send'])('whose socket is gone names the process to send SIGUSR1 to (%s)', async (verb) => {
    const pid = await bench.tmux.run('display-message', '-p', '#{pid}');
    const panes = await bench.tmux.run('list-panes', '-a', '-F', '#{pane_pid}');
    await rm(bench.tmux.socket);
    const args =
      { up: ['up', 'shop.yaml', '--yes', '--detach'], down: ['down', 'shop', '--yes'], send: ['send', 'fe', 'x'] }[
        verb
      ] ?? [];
    const ended = await bench.ct(args);
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringContaining(
        `"shop" runs in the tmux server with pid ${pid}, whose socket "${bench.tmux.socket}" is gone`,
      ),
    ]);
    expect(ended.stderr).toContain(`kill -USR1 ${pid}`);
    process.kill(Number(pid), 'SIGUSR1');
    await eventually(async () => expect(await bench.tmux.run('list-panes', '-a', '-F', '#{pane_pid}')).toBe(panes));
    expect((await bench.ok('up', 'shop.yaml', '--yes', '--detach')).stderr).toContain('nothing to do');
  });

  test('whose socket another server has taken is not begun a second time', async () => {
    const pid = await bench.tmux.run('display-message', '-p', '#{pid}');
    await rm(bench.tmux.socket);
    await bench.tmux.run('new-session', '-d', '-s', 'new', 'sleep 1000');
    const ended = await bench.ct(['up', 'shop.yaml', '--yes', '--detach']);
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringContaining(
        `"shop" runs in the tmux server with pid ${pid}, and another server has taken its socket`,
      ),
    ]);
    const [, advice = ''] = /back: (.*)/.exec(ended.stderr) ?? [];
    expect((await run('sh', ['-c', advice], { env: bench.env })).code).toBe(0);
    await eventually(async () =>
      expect((await bench.ok('up', 'shop.yaml', '--yes', '--detach')).stderr).toContain('nothing to do'),
    );
    await run('tmux', ['-S', `${bench.tmux.socket}.other`, 'kill-server'], { env: bench.env });
  });
});
