import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { barWorld, cpuOf, memoryOf } from './barWorld.mjs';
import { milliseconds } from './page.mjs';

const CLONES = 15;
const QUIET_MS = 60_000;
const MOST = { processes: 0, bytes: 1000, paintedMs: 200, permissionMs: 150, cpuSeconds: 2, megabytes: 80 };
/** Pushes that nobody waits for are a second apart. */
const CALM_MS = 2500;

/** What the bar of 15 sessions costs, and how soon it shows what happens: the whole program, real tmux, a client of 200×50. */
export async function bar(world, { rounds }) {
  const fleet = await barWorld(world, CLONES);
  const client = fleet.client(200);
  try {
    await client.seen(/S15/, 0);
    await pause(5000);
    const changes = await measureChanges(fleet, client, Math.max(5, rounds));
    const permissions = await measurePermissions(fleet, client, Math.max(5, rounds));
    const option = await bytesOfOption(fleet, client);
    await pause(QUIET_MS);
    return report({
      changes,
      permissions,
      option,
      quiet: await measureQuiet(fleet),
      processes: await countProcesses(world, fleet),
      memory: memoryOf(fleet.watcherPid),
    });
  } finally {
    client.close();
    await fleet.dispose();
  }
}

function report({ changes, permissions, option, quiet, processes, memory }) {
  const painted = median(changes.map(({ spent }) => spent));
  const bytes = median(changes.map(({ bytes: count }) => count));
  const permission = median(permissions.map(({ fromEvent }) => fromEvent));
  const rows = [
    [
      'processes started by tmux and the watcher in a quiet minute',
      processes ?? 'not counted: strace is not installed',
    ],
    ['bytes to the client for one change', `${bytes}`],
    ['bytes to the client for one `set-option` of tmux', `${option}`],
    ['a file is written → painted (median)', milliseconds(painted)],
    ['a permission is asked for (its hook has left the event) → painted (median)', milliseconds(permission)],
    [
      'the key that makes the agent ask, two hooks before it and its own included → painted (median)',
      milliseconds(median(permissions.map(({ fromKey }) => fromKey))),
    ],
    ['CPU seconds an hour of the watcher, quiet', quiet.toFixed(2)],
    ['memory of the watcher', `${memory.toFixed(0)} MB`],
  ];
  return {
    title: `The bar of ${CLONES} sessions`,
    text: `A fleet of ${CLONES} stand-in agents in clones, its watcher, and a client of 200×50 whose output is read. Quiet: a minute after a minute without a change, as an hour of it.`,
    table: { head: ['', ''], rows },
    checks: [
      ...(processes === null
        ? []
        : [{ what: 'processes in a quiet minute', value: processes, target: MOST.processes }]),
      { what: 'bytes for a change', value: bytes, target: MOST.bytes },
      { what: 'from a write to the paint, in ms', value: painted, target: MOST.paintedMs },
      { what: 'from a permission to the paint, in ms', value: permission, target: MOST.permissionMs },
      { what: 'CPU seconds an hour', value: quiet, target: MOST.cpuSeconds },
      { what: 'memory, in MB', value: memory, target: MOST.megabytes },
    ],
  };
}

async function measureChanges(fleet, client, rounds) {
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    const from = client.size();
    const start = performance.now();
    writeFileSync(join(fleet.clone(1), `new${round}.txt`), 'new\n');
    await client.seen(new RegExp(`${round}(?!\\d)`), from);
    const spent = performance.now() - start;
    await pause(CALM_MS);
    results.push({ spent, bytes: client.size() - from });
  }
  return results;
}

/** The stand-in asks through the real hook. */
async function measurePermissions(fleet, client, rounds) {
  const results = [];
  const pane = fleet.tmux('list-panes', '-a', '-f', '#{==:#{@claude_tmux_id},s2}', '-F', '#{pane_id}');
  for (let round = 0; round < rounds; round++) {
    const from = client.size();
    const pressedAt = Date.now();
    fleet.tmux('send-keys', '-t', pane, '/ask', 'Enter');
    await client.seen(/\?/, from);
    const paintedAt = Date.now();
    fleet.tmux('send-keys', '-t', pane, 'yes', 'Enter');
    await pause(CALM_MS);
    results.push({ fromKey: paintedAt - pressedAt, fromEvent: paintedAt - fleet.lastEvent('PermissionRequest') });
  }
  return results;
}

async function bytesOfOption(fleet, client) {
  const from = client.size();
  fleet.tmux('set-option', '-g', '@bench', 'x');
  await pause(1000);
  return client.size() - from;
}

async function measureQuiet(fleet) {
  const before = cpuOf(fleet.watcherPid);
  await pause(QUIET_MS);
  return ((cpuOf(fleet.watcherPid) - before) / 1000) * (3_600_000 / QUIET_MS);
}

/** Null without strace. */
async function countProcesses(world, fleet) {
  if (spawnSync('strace', ['-V']).status !== 0) return null;
  const log = world.path('strace.out');
  const server = fleet.tmux('display-message', '-p', '#{pid}');
  const child = spawn(
    'strace',
    ['-f', '-qq', '-e', 'trace=execve', '-o', log, '-p', server, '-p', String(fleet.watcherPid)],
    { stdio: 'ignore' },
  );
  await pause(QUIET_MS);
  child.kill('SIGINT');
  await new Promise((resolve) => child.once('close', resolve));
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('execve(')).length;
}

function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}
