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
      head: ['clones', '`status`, cold', '`status`, watched', 'shell loop', 'cold / loop', 'watched / loop'],
      rows: rows.map(({ count, cold, watched, loop }) => [count, milliseconds(cold), milliseconds(watched), milliseconds(loop), (cold / loop).toFixed(2), (watched / loop).toFixed(2)]),
    },
    checks: [
      { what: '`status` of 15 clones, cold, against the loop', value: of15.cold / of15.loop, target: MOST.cold },
      { what: '`status` of 15 clones, watched, against the loop', value: of15.watched / of15.loop, target: MOST.watched },
    ],
  };
}

async function measure(world, count, rounds) {
  const fleet = await barWorld(world, count);
  try {
    const script = world.path('loop.sh');
    const folders = Array.from({ length: count }, (_, at) => fleet.clone(at + 1)).join(' ');
    writeFileSync(script, `for d in ${folders}; do cd "$d" && git branch --show-current && git status --short | wc -l; done\n`);
    const argv = ['node', world.program, 'status', '-S', fleet.socket];
    const status = (env) => ({ argv, cwd: world.project, env });
    const watched = await raceMedians([{ name: 'watched', ...status(fleet.env) }, { name: 'loop', argv: ['sh', script], cwd: world.project, env: fleet.env }], rounds);
    fleet.program('watch', '--stop');
    const cold = await raceMedians([{ name: 'cold', ...status({ ...fleet.env, CLAUDE_TMUX_WATCH: 'off' }) }], rounds);
    return { watched: watched.get('watched'), loop: watched.get('loop'), cold: cold.get('cold') };
  } finally {
    await fleet.dispose();
  }
}
