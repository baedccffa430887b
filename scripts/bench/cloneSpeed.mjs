import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { startGitDaemon } from './gitDaemon.mjs';
import { FILES, makeLargeRepository } from './largeRepository.mjs';
import { raceMedians } from './measure.mjs';
import { endServer } from './world.mjs';

const CLONES = ['one', 'two', 'three', 'four', 'five'];
const REFERENCE = '`git clone` and five `git worktree add`';
const UP = '`up`, no checkout';
/** Each round writes 480,000 files, which takes half a minute; what they are read from is in memory, for it was just made. */
const MOST_ROUNDS = 3;
/** No further round begins after this, in milliseconds: on a slow disk one alone takes minutes. */
const WITHIN_MS = 60_000;
const TIMEOUT_MS = 600_000;

/** Five clones of a large repository over git's own protocol: the time, what comes over the line, what lies on the disk. */
export async function cloneSpeed(world, { rounds }) {
  mkdirSync(world.path('served'));
  await makeLargeRepository(world.path('served', 'large.git'), world.env);
  const daemon = await startGitDaemon(world.path('served'), world.env);
  try {
    const facts = new Map();
    const contestants = makeContestants(world, daemon.url('large.git')).map((contestant) =>
      watched(world, contestant, { daemon, facts }),
    );
    let counted = 0;
    const times = await raceMedians(contestants, Math.min(rounds, MOST_ROUNDS), {
      warmUp: false,
      withinMs: WITHIN_MS,
      onRound: () => counted++,
    });
    return report(contestants, { times, facts, counted });
  } finally {
    await daemon.close();
    clear(world);
  }
}

function report(contestants, { times, facts, counted }) {
  const reference = times.get(REFERENCE);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  const rows = contestants.map(({ name }) => [
    name,
    `${(times.get(name) / 1000).toFixed(1)} s`,
    (times.get(name) / reference).toFixed(2),
    megabytes(facts.get(name).received),
    megabytes(facts.get(name).objects),
  ]);
  return {
    title: 'Five clones of a large repository',
    text: `${FILES.toLocaleString('en')} files and their history from a \`git daemon\` on loopback, five clones with a branch each; \`up\` opens their panes as well. The ratio is against one transfer and five checkouts. Objects: what all object stores together take on the disk, a hard link counted once. Medians of ${counted} round${counted === 1 ? '' : 's'}, none before.`,
    table: { head: ['what', 'time', 'ratio', 'over the line', 'objects'], rows },
    checks: [
      { what: `${UP}: time against one transfer and five checkouts`, value: times.get(UP) / reference, target: 1.3 },
      {
        what: `${UP}: bytes over the line against one transfer`,
        value: facts.get(UP).received / facts.get(REFERENCE).received,
        target: 1.05,
      },
      {
        what: `${UP}: objects on the disk against one clone`,
        value: facts.get(UP).objects / facts.get(REFERENCE).objects,
        target: 1.05,
      },
    ],
  };
}

function makeContestants(world, url) {
  const elsewhere = { cwd: world.path('home'), env: world.env };
  const checkout = world.path('checkout');
  spawnSync('git', ['clone', '-q', url, checkout], { env: world.env });
  const layout = world.path('layouts', 'clones.yaml');
  mkdirSync(world.path('layouts'), { recursive: true });
  const panes = CLONES.map(
    (name) => `  - { name: ${name}, component: tests, branch: feature/${name}, run: sleep 1000 }`,
  );
  writeFileSync(
    layout,
    [
      'name: bench',
      'strategy: component',
      `repo: ${url}`,
      `workspace: ${world.path('work')}`,
      'panes:',
      ...panes,
      '',
    ].join('\n'),
  );
  const argv = ['node', world.program, '-S', world.path('s'), 'up', layout, '--detach', '--yes'];
  const loop = (command) => `for name in ${CLONES.join(' ')}; do ${command}; done`;
  const script = (text) => ['sh', '-ec', `cd '${world.path('work')}'; ${text}`];
  return [
    { name: UP, argv, ...elsewhere },
    { name: '`up`, in a checkout', argv, ...elsewhere, cwd: checkout },
    {
      name: 'five `git clone`',
      argv: script(loop(`git clone -q '${url}' $name; git -C $name checkout -q -b feature/$name`)),
      ...elsewhere,
    },
    {
      name: REFERENCE,
      argv: script(
        `git clone -q --no-checkout '${url}' all; ${loop('git -C all worktree add -q -b feature/$name ../$name origin/main')}`,
      ),
      ...elsewhere,
    },
  ];
}

/** Nothing there before, and the disk at rest; all five there afterwards, clean, or the run does not count. */
function watched(world, contestant, { daemon, facts }) {
  let before = 0;
  return {
    ...contestant,
    timeoutMs: TIMEOUT_MS,
    before: () => {
      clear(world);
      mkdirSync(world.path('work'));
      spawnSync('sync');
      before = daemon.received();
    },
    after: async () => {
      const received = daemon.received() - before;
      await endServer(world.path('s'), world.env);
      for (const name of CLONES) verify(world, name);
      facts.set(contestant.name, { received, objects: objectBytes(world) });
    },
  };
}

function verify(world, name) {
  const { stdout } = spawnSync('git', ['status', '--porcelain', '--branch'], {
    cwd: world.path('work', name),
    env: world.env,
    encoding: 'utf8',
  });
  if (!new RegExp(`^## feature/${name}(\\.\\.\\.\\S+)?\n$`).test(stdout))
    throw new Error(`${name} is not what it should be: ${stdout.slice(0, 200)}`);
}

function objectBytes({ path }) {
  const { stdout } = spawnSync(
    'sh',
    [
      '-c',
      'find "$@" -type d -name objects -prune -print0 | xargs -0 du -cB1 --apparent-size | tail -1',
      'sh',
      path('work'),
      path('cache'),
    ],
    { encoding: 'utf8' },
  );
  return Number.parseInt(stdout, 10);
}

function clear(world) {
  for (const name of ['work', 'state', 'cache']) rmSync(world.path(name), { recursive: true, force: true });
  mkdirSync(world.path('cache'));
}
