import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { endServer } from './world.mjs';

const STAND_IN = fileURLToPath(new URL('../stand-in-agent', import.meta.url));
const PATIENCE_MS = 60_000;

/**
 * A fleet of `count` stand-in agents, each in its own clone, with its watcher; a client of 200×50 whose bytes go into a file.
 * The fleet's tmux server and everything in it end with `dispose`.
 */
export async function barWorld(world, count) {
  const env = {
    ...world.env,
    XDG_STATE_HOME: world.path(`state${count}`),
    HOME: world.path(`home${count}`),
    CLAUDE_TMUX_WATCH: 'on',
  };
  mkdirSync(env.HOME, { recursive: true });
  const bin = world.path(`bin${count}`);
  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, 'claude'))) symlinkSync(STAND_IN, join(bin, 'claude'));
  env.PATH = `${bin}:${world.env.PATH}`;
  const socket = world.path(`bar${count}`);
  const tmux = (...args) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { env, encoding: 'utf8' }).trim();
  const program = (...args) =>
    spawnSync('node', [world.program, args[0], '-S', socket, ...args.slice(1)], {
      cwd: world.project,
      env,
      encoding: 'utf8',
    });
  tmux('new-session', '-d', '-s', 'other', 'sleep 10000');
  const panes = Array.from({ length: count }, (_, at) => `  - { name: S${at + 1}, id: s${at + 1}, component: tests }`);
  writeFileSync(
    world.path(`bar${count}.yaml`),
    ['name: bar', 'strategy: component', 'arrange: windows', 'panes:', ...panes, ''].join('\n'),
  );
  const up = program('up', world.path(`bar${count}.yaml`), '--detach', '--yes');
  if (up.status !== 0) throw new Error(`up ended with ${up.status}: ${up.stderr}`);
  const clone = (number) => join(env.HOME, 'workspaces', 'bar', `s${number}`);
  return {
    env,
    socket,
    tmux,
    program,
    clone,
    watcherPid: await watcherPid(env),
    lastEvent: (event) => lastEvent(env, event),
    client: (columns) => openClient(world, { socket, env, columns }),
    dispose: () => endServer(socket, env),
  };
}

async function watcherPid(env) {
  const servers = join(env.XDG_STATE_HOME, 'claude-tmux', 'v1', 'servers');
  return until(() => {
    const found =
      existsSync(servers) &&
      spawnSync('sh', ['-c', `cat '${servers}'/*/pid`], { encoding: 'utf8' }).stdout.split('\n')[0];
    return found ? Number(found) : null;
  });
}

/** When the fleet's journal says that the last event of this kind came, in milliseconds since 1970. */
function lastEvent(env, event) {
  const fleets = join(env.XDG_STATE_HOME, 'claude-tmux', 'v1', 'fleets');
  const lines = spawnSync('sh', ['-c', `cat '${fleets}'/*/journal/*`], { encoding: 'utf8' })
    .stdout.trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line)).findLast((entry) => entry.event === event).t;
}

/** `seen(pattern)` resolves to the number of bytes that have come by the time the pattern has. */
function openClient(world, { socket, env, columns }) {
  const file = world.path('client.out');
  writeFileSync(file, '');
  const child = spawn(
    'script',
    ['-qfc', `stty cols ${columns} rows 50; exec tmux -S '${socket}' attach -t =bar`, file],
    { env: { ...env, TERM: 'xterm-256color' }, stdio: ['pipe', 'ignore', 'ignore'], detached: true },
  );
  const size = () => statSync(file).size;
  const since = (from) => readFrom(file, from);
  return {
    size,
    since,
    seen: async (pattern, from) => {
      await until(() => (pattern.test(since(from)) ? true : null));
      return size() - from;
    },
    close: () => process.kill(-child.pid, 'SIGKILL'),
  };
}

function readFrom(file, from) {
  const length = Math.max(0, statSync(file).size - from);
  const buffer = Buffer.alloc(length);
  const handle = openSync(file, 'r');
  readSync(handle, buffer, 0, length, from);
  closeSync(handle);
  // Styles stand between the words.
  // eslint-disable-next-line no-control-regex -- escape sequences are what is taken out
  return buffer.toString('utf8').replaceAll(/\u001b\[[0-9;]*m|\u001b\(B/g, '');
}

/** The first answer of `ask` that is not null; asked again and again without rest for the first seconds, for times are measured with it. */
async function until(ask) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = ask();
    if (answer !== null) return answer;
    if (performance.now() > end) throw new Error(`it has not come about: ${ask.toString()}`);
    await pause(1);
  }
}

/** CPU of a live process so far, in ms (Linux: ticks of 10). */
export function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a live process, in MB. */
export function memoryOf(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
