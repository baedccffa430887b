import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { raceMedians } from './measure.mjs';
import { milliseconds } from './page.mjs';
import { endServer } from './world.mjs';

const CLONES = 15;

/** `sync` of 15 clones, each with a commit of its own, beside the loop that people write: the same pull in each, one after the other. */
export async function syncSpeed(world, { rounds }) {
  const scene = makeScene(world);
  try {
    const times = await raceMedians(makeContestants(world, scene), rounds);
    const row = (what, name) => [
      what,
      milliseconds(times.get(`sync, ${name}`)),
      milliseconds(times.get(`loop, ${name}`)),
      (times.get(`sync, ${name}`) / times.get(`loop, ${name}`)).toFixed(2),
    ];
    return {
      title: '`sync` of 15 clones',
      text: `Each of the ${CLONES} clones has a commit of its own. The loop is \`git pull --rebase origin main\` in each clone: ${CLONES} fetches where \`sync\` makes one, and no look at what works there. origin is a folder on the same disk, so that no network is measured.`,
      table: {
        head: ['origin has', '`sync`', 'loop', 'ratio'],
        rows: [row('a new commit', NEWS), row('nothing new', CURRENT)],
      },
      checks: [],
    };
  } finally {
    await endServer(scene.socket, scene.env);
  }
}

const NEWS = 'a new commit';
const CURRENT = 'nothing new';

/** Each finds the clones as the one before it with the same clones left them. */
function makeContestants(world, { env, clones, commitUpstream }) {
  const place = { cwd: world.project, env };
  writeFileSync(
    world.path('pull.sh'),
    `for d in ${clones('loop').join(' ')}; do cd "$d" && git pull -q --rebase origin main || exit 1; done\n`,
  );
  const sync = { argv: ['node', world.program, 'sync', '--fleet', 'bench-sync', '--mode', 'auto'], ...place };
  const loop = { argv: ['sh', world.path('pull.sh')], ...place };
  return [
    { name: `sync, ${NEWS}`, before: commitUpstream, ...sync },
    { name: `sync, ${CURRENT}`, ...sync },
    { name: `loop, ${NEWS}`, ...loop },
    { name: `loop, ${CURRENT}`, ...loop },
  ];
}

function makeScene(world) {
  const env = {
    ...world.env,
    GIT_AUTHOR_NAME: 'Bench',
    GIT_AUTHOR_EMAIL: 'bench@example.invalid',
    GIT_COMMITTER_NAME: 'Bench',
    GIT_COMMITTER_EMAIL: 'bench@example.invalid',
  };
  const run = (program, args, cwd) => execFileSync(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const git = (cwd, ...args) => run('git', args, cwd);
  const [origin, seed, socket] = [world.path('origin.git'), world.path('seed'), world.path('sync.sock')];
  mkdirSync(seed);
  for (let at = 0; at < 500; at++) writeFileSync(join(seed, `file-${at}.txt`), `${at}\n`.repeat(50));
  git(seed, 'init', '-q', '-b', 'main');
  git(seed, 'add', '-A');
  git(seed, 'commit', '-q', '-m', 'First commit');
  git(world.path(), 'clone', '-q', '--bare', seed, origin);
  git(seed, 'remote', 'add', 'origin', origin);
  const panes = Array.from(
    { length: CLONES },
    (_, at) => `  - {name: Pane ${at}, id: p${at}, component: backend, run: sleep 1000, branch: feature/p${at}}\n`,
  ).join('');
  writeFileSync(
    world.path('sync.yaml'),
    `name: bench-sync\nstrategy: component\nrepo: ${origin}\nworkspace: ${world.path('sync')}\narrange: windows\npanes:\n${panes}`,
  );
  run('node', [world.program, 'up', world.path('sync.yaml'), '--yes', '-d', '-S', socket], world.project);
  const clones = (set) => Array.from({ length: CLONES }, (_, at) => world.path(set, `p${at}`));
  for (const [at, clone] of clones('sync').entries()) {
    writeFileSync(join(clone, `own-${at}.txt`), 'own\n');
    git(clone, 'add', '-A');
    git(clone, 'commit', '-q', '-m', 'Own');
  }
  run('cp', ['-a', world.path('sync'), world.path('loop')], world.path());
  let count = 0;
  const commitUpstream = () => {
    writeFileSync(join(seed, `file-${++count}.txt`), `changed ${count}\n`);
    git(seed, 'commit', '-q', '-a', '-m', `Change ${count}`);
    git(seed, 'push', '-q', 'origin', 'main');
  };
  return { env, socket, clones, commitUpstream };
}
