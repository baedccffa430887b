import type { SessionStatus } from '../status/report.ts';
import { lookOf } from '../status/states.ts';

/**
 * The sessions in the order in which a narrowing bar gives them up, the last one first. Who needs you is kept longest. Then, by
 * strategy: under `stage` the running stage and its neighbours; else the first, which under `priority` are the most urgent.
 */
export function keepOrder(sessions: readonly SessionStatus[], strategy: string | null): readonly SessionStatus[] {
  const center = strategy === 'stage' ? runningStage(sessions) : 0;
  const far = new Map(sessions.map((session, at) => [session, Math.abs(at - center)]));
  return sessions.toSorted(
    (a, b) => Number(needsYou(b)) - Number(needsYou(a)) || (far.get(a) ?? 0) - (far.get(b) ?? 0),
  );
}

/** The last stage that something goes on in, else the last that came to an end, else the first. */
function runningStage(sessions: readonly SessionStatus[]): number {
  const isActive = (session: SessionStatus): boolean =>
    needsYou(session) || lookOf(session.agent.state).progress === 'on';
  const active = sessions.findLastIndex(isActive);
  return active >= 0
    ? active
    : Math.max(
        0,
        sessions.findLastIndex(({ agent }) => lookOf(agent.state).progress !== 'ahead'),
      );
}

export function needsYou({ agent }: SessionStatus): boolean {
  return lookOf(agent.state).needsYou;
}
