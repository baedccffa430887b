import { writeFileSync } from 'node:fs';
import { barWorld } from './barWorld.mjs';
import { raceMedians } from './measure.mjs';
import { milliseconds } from './page.mjs';

const COUNTS = [5, 15, 50];
/** Of the shell loop's time, with 15 clones. */
const MOST = { cold: 1.2, watched: 0.75 };

/** `status` for 5, 15 and 50 clones, cold and with a watcher that knows them, beside what a status line would otherwise run. */
export async function statusSpeed(world, { rounds }) {
  const rows = [];
  for (const count of COUNTS) rows.push({ count, ...(await measure(world, count, rounds)) });
  const of15 = rows.find(({ count }) => count === 15);
  return {
    title: '`status`, once',
    text: 'The shell loop is `git branch --show-current` and `git status --short | wc -l` for each clone. Cold: without a watcher.',
    table: {
      head: [
        'clones',
        '`status`, watched',
        'shell loop beside it',
        'watched / loop',
        '`status`, cold',
        'shell loop beside it',
        'cold / loop',
      ],
      rows: rows.map(({ count, watched, cold }) => [count, ...cells(watched), ...cells(cold)]),
    },
    checks: [
      { what: '`status` of 15 clones, cold, against the loop', value: ratio(of15.cold), target: MOST.cold },
      { what: '`status` of 15 clones, watched, against the loop', value: ratio(of15.watched), target: MOST.watched },
    ],
  };
}

function cells(race) {
  return [milliseconds(race.get('status')), milliseconds(race.get('loop')), ratio(race).toFixed(2)];
}

function ratio(race) {
  return race.get('status') / race.get('loop');
}

/** Each way beside the loop: with and without a watcher the machine is another one. */
async function measure(world, count, rounds) {
  const fleet = await barWorld(world, count);
  try {
    const script = world.path('loop.sh');
    const folders = Array.from({ length: count }, (_, at) => fleet.clone(at + 1)).join(' ');
    writeFileSync(
      script,
      `for d in ${folders}; do cd "$d" && git branch --show-current && git status --short | wc -l; done\n`,
    );
    const contestants = (env) => [
      { name: 'status', argv: ['node', world.program, 'status', '-S', fleet.socket], cwd: world.project, env },
      { name: 'loop', argv: ['sh', script], cwd: world.project, env },
    ];
    const watched = await raceMedians(contestants(fleet.env), rounds);
    fleet.program('watch', '--stop');
    return { watched, cold: await raceMedians(contestants({ ...fleet.env, CLAUDE_TMUX_WATCH: 'off' }), rounds) };
  } finally {
    await fleet.dispose();
  }
}
