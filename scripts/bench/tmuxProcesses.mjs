import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fleetContestants, PANE_COUNTS } from './fleets.mjs';
import { runOnce } from './measure.mjs';

const MOST = 3;

/** How many tmux processes each contestant starts, counted by a `tmux` that stands before the real one on PATH. */
export async function tmuxProcesses(world, { peers }) {
  const count = makeCounter(world);
  const rows = [];
  for (const panes of PANE_COUNTS) {
    const contestants = await fleetContestants(world, { count: panes, peers, env: count.env });
    const counts = [];
    for (const contestant of contestants.filter(({ name }) => name !== 'raw tmux batch'))
      counts.push({ name: contestant.name, started: await count.during(contestant) });
    rows.push({ panes, counts });
  }
  const [first] = rows;
  return {
    title: 'tmux processes started',
    text: 'By one run of the command.',
    table: {
      head: ['panes', ...first.counts.map(({ name }) => name)],
      rows: rows.map(({ panes, counts }) => [panes, ...counts.map(({ started }) => started)]),
    },
    checks: rows.map(({ panes, counts }) => ({
      what: `\`up\` with ${panes} panes`,
      value: counts[0].started,
      target: MOST,
    })),
  };
}

function makeCounter(world) {
  const log = world.path('tmux.log');
  const folder = world.path('shim');
  const real = spawnSync('sh', ['-c', 'command -v tmux'], { env: world.env, encoding: 'utf8' }).stdout.trim();
  mkdirSync(folder, { recursive: true });
  writeFileSync(world.path('shim', 'tmux'), `#!/bin/sh\necho . >>'${log}'\nexec '${real}' "$@"\n`);
  chmodSync(world.path('shim', 'tmux'), 0o755);
  const during = async (contestant) => {
    let started = 0;
    const before = async () => {
      await contestant.before?.();
      writeFileSync(log, '');
    };
    const after = async () => {
      started = readFileSync(log, 'utf8').split('\n').length - 1;
      await contestant.after?.();
    };
    await runOnce({ ...contestant, before, after });
    return started;
  };
  return { env: { ...world.env, PATH: `${folder}:${world.env.PATH}` }, during };
}
