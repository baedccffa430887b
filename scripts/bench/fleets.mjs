import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { endServer } from './world.mjs';

export const PANE_COUNTS = [5, 15, 50];
const COLUMNS = 200;
const ROWS = 50;

/**
 * The same fleet for each contestant: `count` panes that run `sleep 1000`, in one repository, none of them cloned. claude-tmux decides how many
 * windows there are; the peers get the same windows, and tiled panes.
 */
export async function fleetContestants(world, { count, peers, env = world.env }) {
  const socket = world.path('s');
  const ours = claudeTmux(world, { count, socket, env });
  await ours.before();
  spawnSync(ours.argv[0], ours.argv.slice(1), { cwd: ours.cwd, env });
  const windows = panesByWindow(socket, env);
  await endServer(socket, env);
  const peer = { tmuxinator, tmuxp };
  // tmuxinator starts the server by a process of its own; with no session yet it may be gone again before the next one asks for it.
  const onFailure = () => endServer(socket, env);
  const others = peers.map(({ name }) => ({ ...peer[name](world, { windows, socket, env }), onFailure }));
  const raw = rawBatch(world, { windows, socket, env });
  return [ours, ...others, raw].map((contestant) => withServer(contestant, { count, socket, env }));
}

/** Before: nothing there. After: all panes there, or the run does not count. */
function withServer(contestant, { count, socket, env }) {
  const after = async () => {
    const made = panesByWindow(socket, env).reduce((sum, panes) => sum + panes, 0);
    if (made !== count) throw new Error(`${contestant.name} made ${made} panes of ${count}`);
    await endServer(socket, env);
  };
  return { ...contestant, after };
}

function claudeTmux(world, { count, socket, env }) {
  const layout = world.path('layouts', `fleet${count}.yaml`);
  const panes = Array.from(
    { length: count },
    (_, index) => `  - { name: Pane ${index + 1}, component: tests, run: sleep 1000 }`,
  );
  write(layout, ['name: bench', 'strategy: component', 'isolation: shared', 'arrange: tiled', 'panes:', ...panes]);
  // Every run is a first one: no record of the fleet, only the program's own code is warm.
  const before = () => rmSync(env.XDG_STATE_HOME, { recursive: true, force: true });
  return {
    name: 'claude-tmux up',
    argv: ['node', world.program, '-S', socket, 'up', layout, '--detach', '--yes'],
    cwd: world.project,
    env,
    before,
  };
}

function tmuxinator(world, { windows, socket, env }) {
  const file = world.path('layouts', 'tmuxinator.yml');
  const list = windows.flatMap((panes, index) => [
    `  - w${index + 1}:`,
    '      layout: tiled',
    '      panes:',
    ...repeat('        - sleep 1000', panes),
  ]);
  write(file, [
    'name: bench',
    `root: ${world.project}`,
    `socket_path: ${socket}`,
    'tmux_options: -f /dev/null',
    'windows:',
    ...list,
  ]);
  return { name: 'tmuxinator', argv: ['tmuxinator', 'start', '-p', file, '--no-attach'], cwd: world.project, env };
}

function tmuxp(world, { windows, socket, env }) {
  const file = world.path('layouts', 'tmuxp.yaml');
  const list = windows.flatMap((panes, index) => [
    `  - window_name: w${index + 1}`,
    '    layout: tiled',
    '    panes:',
    ...repeat('      - sleep 1000', panes),
  ]);
  write(file, ['session_name: bench', `start_directory: ${world.project}`, 'windows:', ...list]);
  return {
    name: 'tmuxp',
    argv: ['tmuxp', 'load', '-d', '-y', '-S', socket, '-f', '/dev/null', file],
    cwd: world.project,
    env,
  };
}

/** The floor: what tmux itself needs for these panes. */
function rawBatch(world, { windows, socket, env }) {
  const lines = windows.flatMap((panes, index) => [
    index === 0 ? `new-session -d -s bench -x ${COLUMNS} -y ${ROWS} sleep 1000` : 'new-window -t =bench: sleep 1000',
    ...repeat('split-window -t =bench: sleep 1000 ; select-layout -t =bench: tiled', panes - 1),
  ]);
  const argv = ['tmux', '-f', '/dev/null', '-S', socket, 'start-server', ';', 'source-file', '-'];
  return { name: 'raw tmux batch', argv, cwd: world.project, env, input: `${lines.join('\n')}\n` };
}

function panesByWindow(socket, env) {
  const { stdout } = spawnSync('tmux', ['-S', socket, 'list-windows', '-a', '-F', '#{window_panes}'], {
    env,
    encoding: 'utf8',
  });
  return stdout.trim().split('\n').filter(Boolean).map(Number);
}

function write(path, lines) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join('\n')}\n`);
}

function repeat(line, times) {
  return Array.from({ length: times }, () => line);
}
