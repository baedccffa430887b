import type { BarFleet } from '../bar/bar.ts';
import type { AgentState } from '../status/agentState.ts';

/**
 * Milliseconds until a look that nothing will call for; null when none is due. Time alone decides that a start takes too long, and
 * which of two sources that contradict each other is believed (claudeState.ts: 0.3 s, and a second). `since` is the age of the last
 * event, in milliseconds.
 */
export function untilNextLook(fleets: readonly BarFleet[], since: number): number | null {
  const due = AFTER_EVENT.find((age) => age > since);
  if (due !== undefined) return due - since;
  const states = new Set(fleets.flatMap(({ status }) => status.sessions.map(({ agent }) => agent.state)));
  if (states.has('starting')) return 1000;
  return SILENT.some((state) => states.has(state)) ? 3000 : null;
}

const AFTER_EVENT = [350, 1100];

/** Told by the screen, or by nothing: these end without an event. */
const SILENT: readonly AgentState[] = ['blocked', 'unknown'];
