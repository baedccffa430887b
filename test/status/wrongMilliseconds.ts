import { type AgentEvidence, agentState, wantsScreen } from '../../src/status/agentState.ts';
import type { HookEvent } from '../../src/status/hookEvent.ts';
import { foldHookEvent, type HookState } from '../../src/status/hookState.ts';
import { makeHour } from './scriptedHour.ts';

/** How long after a change a state may still be the old one, in milliseconds. */
const GRACE = 500;
const LOOK_EVERY = 50;

/** Milliseconds in which a wrong state was shown, more than half a second after the change, in an hour made from `seed`. */
export function wrongMilliseconds(seed: number): {
  readonly wrong: number;
  readonly length: number;
  readonly changes: number;
  readonly worst: string;
} {
  const { truth, hooks, registry, interrupts, screens, end } = makeHour(seed);
  let [wrong, at, told, entry, state] = [0, 0, 0, 0, null as HookState | null];
  let worst = '';
  for (let now = 0; now < end; now += LOOK_EVERY) {
    while ((truth[at + 1]?.from ?? Infinity) <= now) at++;
    for (; (hooks[told]?.time ?? Infinity) <= now; told++) state = foldHookEvent(state, hooks[told] as HookEvent);
    while ((registry[entry + 1]?.statusUpdatedAt ?? Infinity) <= now) entry++;
    const evidence: AgentEvidence = {
      kind: 'agent',
      isClaude: true,
      alive: true,
      suspended: false,
      exit: null,
      startedAt: 0,
      endedAt: null,
      registry: registry[entry] ?? null,
      hooks: state,
      interruptedAt: interrupts.findLast((time) => time <= now) ?? null,
      screen: null,
    };
    const screen = wantsScreen(evidence, now) ? (screens.findLast(({ from }) => from <= now)?.text ?? '') : null;
    const seen = agentState({ ...evidence, screen }, now);
    const real = truth[at];
    if (real && now - real.from > GRACE && !real.state.includes(seen.state)) {
      wrong += LOOK_EVERY;
      worst = `${seen.state} instead of ${real.state.join('/')} (${seen.rule})`;
    }
  }
  return { wrong, length: end, changes: truth.length, worst };
}
