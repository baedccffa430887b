import type { AgentState } from '../../src/status/agentState.ts';
import { parseHookEvent, type HookEvent } from '../../src/status/hookEvent.ts';
import type { RegistryEntry } from '../../src/status/registryEntry.ts';

/**
 * An hour of one agent's life, as its two sources told it: what is really so at each moment, the hooks (a few to some dozen
 * milliseconds late, none at all for Esc, "No", bash mode) and the registry (60 to 200 ms late). Delays as measured with Claude Code
 * 2.1.197 and 2.1.332; what only the latter does is among the scenes.
 */
export interface Hour {
  readonly truth: readonly { readonly from: number; readonly state: readonly AgentState[] }[];
  readonly hooks: readonly HookEvent[];
  readonly registry: readonly RegistryEntry[];
  /** When the transcript noted an interrupt. */
  readonly interrupts: readonly number[];
  /** What the pane shows from then on, where anybody looks. */
  readonly screens: readonly { readonly from: number; readonly text: string }[];
  readonly end: number;
}

/** Tells an hour as it goes on: what is so from now, and what the sources say of it, each with its delay. */
export interface HourTeller {
  readonly random: () => number;
  readonly now: () => number;
  /** Lets some time pass, in milliseconds. */
  readonly pass: (low: number, high: number) => void;
  readonly is: (...state: AgentState[]) => void;
  readonly hook: (event: string, content?: Record<string, unknown>) => void;
  /** A hook at this moment, or just after the last one. */
  readonly hookAt: (time: number, event: string, content: Record<string, unknown>) => void;
  /** The registry. */
  readonly says: (status: string, waitingFor?: string | null) => void;
  /** The screen. */
  readonly shows: (text: string) => void;
  /** The transcript. */
  readonly notesInterrupt: () => void;
  readonly told: () => Hour;
}

/** A small generator of numbers (mulberry32): the same seed is the same hour. */
function numbers(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function makeTeller(seed: number): HourTeller {
  const random = numbers(seed);
  const between = (low: number, high: number): number => Math.round(low + random() * (high - low));
  const truth: { from: number; state: readonly AgentState[] }[] = [];
  const hooks: HookEvent[] = [];
  const registry: RegistryEntry[] = [];
  const interrupts: number[] = [];
  const screens: { from: number; text: string }[] = [];
  let now = 100;
  // A later hook never overtakes: Claude waits for one before it goes on.
  const hookAt: HourTeller['hookAt'] = (time, event, content) =>
    void hooks.push(parseHookEvent(event, Math.max(time, (hooks.at(-1)?.time ?? 0) + 1), content));
  const says: HourTeller['says'] = (status, waitingFor = null) => {
    const time = Math.max(now + between(60, 200), (registry.at(-1)?.statusUpdatedAt ?? 0) + 1);
    registry.push({
      pid: 7,
      sessionId: 'one',
      cwd: '/w',
      procStart: '1',
      kind: 'interactive',
      name: 'x',
      status,
      waitingFor,
      startedAt: 0,
      statusUpdatedAt: time,
    });
  };
  return {
    random,
    now: () => now,
    pass: (low, high) => void (now += between(low, high)),
    is: (...state) => void truth.push({ from: now, state }),
    hook: (event, content = {}) => hookAt(now + between(3, 60), event, { session_id: 'one', ...content }),
    hookAt,
    says,
    shows: (text) => void screens.push({ from: now + between(0, 120), text }),
    notesInterrupt: () => void interrupts.push(now + between(5, 80)),
    told: () => ({ truth, hooks, registry, interrupts, screens, end: now }),
  };
}
