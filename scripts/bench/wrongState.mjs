import { fileURLToPath } from 'node:url';
import { importSource } from '../generate/importSource.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SEEDS = 20;

/** How long a wrong state is shown in hours of mixed scenarios, compressed in time: hooks and registry with the delays measured on Claude Code. */
export async function wrongState() {
  const { wrongMilliseconds } = await importSource(ROOT, 'test/status/wrongMilliseconds.ts');
  const hours = Array.from({ length: SEEDS }, (_, seed) => wrongMilliseconds(seed + 1));
  const sum = (pick) => hours.reduce((all, hour) => all + pick(hour), 0);
  const wrong = sum((hour) => hour.wrong) / 1000;
  return {
    title: 'Wrong states',
    text: 'Seconds in which the state of an agent was wrong, more than half a second after each change, over scripted hours of mixed scenarios: turns, tools, permissions granted and refused, questions, plans, Esc, forms, bash mode, errors, compaction, sub-agents, background tasks, queued prompts, `/config`, `/clear`.',
    table: {
      head: ['hours', 'changes of state', 'seconds wrong'],
      rows: [
        [(sum((hour) => hour.length) / 3_600_000).toFixed(1), String(sum((hour) => hour.changes)), wrong.toFixed(2)],
      ],
    },
    checks: [{ what: 'seconds wrong', value: wrong, target: 0 }],
  };
}
