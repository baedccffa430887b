import type { BarFleet } from '../bar/bar.ts';
import type { AgentState } from '../status/agentState.ts';

/**
 * Milliseconds until a look that nothing will call for; null when none is due. Time alone decides that a start takes too long, and
 * which of two sources that contradict each other is believed (claudeState.ts: a second).
 */
export function untilNextLook(fleets: readonly BarFleet[], byEvent: boolean): number | null {
  const states = new Set(fleets.flatMap(({ status }) => status.sessions.map(({ agent }) => agent.state)));
  if (states.has('starting')) return 1000;
  if (byEvent) return 1100;
  return SILENT.some((state) => states.has(state)) ? 3000 : null;
}

/** Told by the screen, or by nothing: these end without an event. */
const SILENT: readonly AgentState[] = ['blocked', 'unknown'];
