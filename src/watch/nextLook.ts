import type { BarFleet } from '../bar/bar.ts';
import { STATES } from '../status/states.ts';

/**
 * Milliseconds until a look that nothing will call for; null when none is due. Time alone decides that a start takes too long, and
 * which of two sources that contradict each other is believed (claudeState.ts: 0.3 s, and a second). `since` is the age of the last
 * event, in milliseconds.
 */
export function untilNextLook(fleets: readonly BarFleet[], since: number): number | null {
  const due = AFTER_EVENT.find((age) => age > since);
  if (due !== undefined) return due - since;
  const waits = fleets.flatMap(({ status }) =>
    status.sessions.flatMap(({ agent }) => STATES[agent.state].lookAgain ?? []),
  );
  return waits.length === 0 ? null : Math.min(...waits);
}

const AFTER_EVENT = [350, 1100];
