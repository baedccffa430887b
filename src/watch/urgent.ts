import type { BarFleet } from '../bar/bar.ts';
import type { AgentState } from '../status/agentState.ts';
import { lookOf } from '../status/states.ts';

/** The state of every session, by who it is. */
export type States = ReadonlyMap<string, AgentState>;

export function statesOf(fleets: readonly BarFleet[]): States {
  return new Map(
    fleets.flatMap(({ status, tmuxSession }) =>
      status.sessions.map((session): [string, AgentState] => [
        `${status.name} ${tmuxSession ?? ''} ${session.id}`,
        session.agent.state,
      ]),
    ),
  );
}

/** True when a session has begun to wait for the user, or has finished, since `before`. */
export function isUrgent(before: States, now: States): boolean {
  return [...now].some(([key, state]) => before.get(key) !== state && (lookOf(state).needsYou || lookOf(state).unseen));
}
