import { agentState, type AgentState } from '../../src/status/agentState.ts';
import { parseHookEvent, type HookEvent } from '../../src/status/hookEvent.ts';
import { foldHookEvent, type HookState } from '../../src/status/hookState.ts';
import type { RegistryEntry } from '../../src/status/registryEntry.ts';

/**
 * An hour of one agent's life, as its two sources told it: what is really so at each moment, the hooks (a few to some dozen
 * milliseconds late, none at all for Esc, "No", bash mode) and the registry (60 to 200 ms late). Delays as measured with Claude Code 2.1.197.
 */
interface Hour {
  readonly truth: readonly { readonly from: number; readonly state: readonly AgentState[] }[];
  readonly hooks: readonly HookEvent[];
  readonly registry: readonly RegistryEntry[];
  /** When the transcript noted an interrupt. */
  readonly interrupts: readonly number[];
  readonly end: number;
}

/** How long after a change a state may still be the old one, in milliseconds. */
const GRACE = 500;
const LOOK_EVERY = 50;

/** Milliseconds in which a wrong state was shown, more than half a second after the change, in an hour made from `seed`. */
export function wrongMilliseconds(seed: number): { readonly wrong: number; readonly length: number; readonly changes: number; readonly worst: string } {
  const { truth, hooks, registry, interrupts, end } = makeHour(seed);
  let [wrong, at, told, entry, state] = [0, 0, 0, 0, null as HookState | null];
  let worst = '';
  for (let now = 0; now < end; now += LOOK_EVERY) {
    while ((truth[at + 1]?.from ?? Infinity) <= now) at++;
    for (; (hooks[told]?.time ?? Infinity) <= now; told++) state = foldHookEvent(state, hooks[told] as HookEvent);
    while ((registry[entry + 1]?.statusUpdatedAt ?? Infinity) <= now) entry++;
    const seen = agentState({ kind: 'agent', isClaude: true, alive: true, suspended: false, exit: null, startedAt: 0, endedAt: null, registry: registry[entry] ?? null, hooks: state, interruptedAt: interrupts.findLast((time) => time <= now) ?? null, screen: null }, now);
    const real = truth[at];
    if (real && now - real.from > GRACE && !real.state.includes(seen.state)) {
      wrong += LOOK_EVERY;
      worst = `${seen.state} instead of ${real.state.join('/')} (${seen.rule})`;
    }
  }
  return { wrong, length: end, changes: truth.length, worst };
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

function makeHour(seed: number): Hour {
  const random = numbers(seed);
  const between = (low: number, high: number): number => Math.round(low + random() * (high - low));
  const truth: { from: number; state: readonly AgentState[] }[] = [];
  const hooks: HookEvent[] = [];
  const registry: RegistryEntry[] = [];
  const interrupts: number[] = [];
  let now = 100;
  const is = (...state: AgentState[]): void => void truth.push({ from: now, state });
  const pass = (low: number, high: number): void => void (now += between(low, high));
  // A later hook never overtakes: Claude waits for one before it goes on.
  const hook = (event: string, content: Record<string, unknown> = {}): void => {
    const time = Math.max(now + between(3, 60), (hooks.at(-1)?.time ?? 0) + 1);
    hooks.push(parseHookEvent(event, time, { session_id: 'one', ...content }));
  };
  const says = (status: string, waitingFor: string | null = null): void => {
    const time = Math.max(now + between(60, 200), (registry.at(-1)?.statusUpdatedAt ?? 0) + 1);
    registry.push({ pid: 7, sessionId: 'one', cwd: '/w', procStart: '1', kind: 'interactive', name: 'x', status, waitingFor, startedAt: 0, statusUpdatedAt: time });
  };
  const BASH = { tool_name: 'Bash', tool_input: { command: 'make' } };
  const tool = (): void => {
    hook('PreToolUse', BASH);
    pass(50, 20_000);
    hook('PostToolUse', BASH);
    pass(20, 200);
    hook('PostToolBatch');
    pass(20, 3000);
  };
  const begin = (prompt = 'go'): void => {
    is('working');
    hook('UserPromptSubmit', { prompt });
    says('busy');
    pass(300, 8000);
  };
  const stop = (): void => {
    hook('Stop', { last_assistant_message: 'done', background_tasks: [] });
    is('done', 'idle');
    pass(100, 200);
    says('idle');
  };
  const interrupted = (): void => {
    is('idle');
    interrupts.push(now + between(5, 80));
    says('idle');
  };
  const ask = (name: string, state: AgentState, input: unknown): void => {
    hook('PreToolUse', { tool_name: name });
    pass(50, 150);
    is(state);
    hook('PermissionRequest', { tool_name: name, tool_input: input });
    says('waiting', 'permission prompt');
    pass(300, 40_000);
    const answer = random();
    if (answer < 0.3) {
      interrupted();
      return;
    }
    is('working');
    says('busy');
    pass(50, 10_000);
    hook('PostToolUse', { tool_name: name });
    hook('PostToolBatch');
    pass(100, 4000);
    stop();
  };
  const scenes: readonly (() => void)[] = [
    () => {
      begin();
      tool();
      tool();
      stop();
    },
    () => {
      begin();
      ask('Bash', 'permission', { command: 'make install' });
    },
    () => {
      begin();
      ask('AskUserQuestion', 'question', { questions: [{ question: 'Which?' }] });
    },
    () => {
      begin();
      ask('ExitPlanMode', 'plan-review', { plan: '# Plan' });
    },
    () => {
      begin();
      pass(100, 5000);
      interrupted();
    },
    () => {
      begin();
      hook('PreToolUse', BASH);
      pass(200, 9000);
      interrupted();
    },
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'mcp__el__ask' });
      pass(50, 100);
      is('question');
      hook('Elicitation', { message: 'Name?' });
      pass(500, 30_000);
      hook('ElicitationResult', { action: 'accept' });
      is('working');
      pass(100, 3000);
      stop();
    },
    () => {
      is('working');
      says('busy');
      pass(600, 4000);
      stop();
    },
    () => {
      begin();
      hook('StopFailure', { error: 'server_error', last_assistant_message: 'API Error: 500' });
      is('error');
      pass(100, 200);
      says('idle');
    },
    () => {
      is('working');
      hook('PreCompact', { trigger: 'manual' });
      says('busy');
      pass(1000, 9000);
      hook('SubagentStop', { agent_type: '' });
      hook('SessionStart', { source: 'compact' });
      hook('PostCompact', { trigger: 'manual' });
      is('idle');
      pass(50, 200);
      says('idle');
    },
    () => {
      begin();
      hook('SubagentStart', { agent_id: 'a1' });
      pass(200, 5000);
      hook('PreToolUse', { ...BASH, agent_id: 'a1' });
      pass(200, 5000);
      hook('SubagentStop', { agent_id: 'a1' });
      tool();
      stop();
    },
    () => {
      begin();
      hook('Stop', { last_assistant_message: 'started', background_tasks: [{ status: 'running' }] });
      is('background');
      says('shell');
      pass(1000, 20_000);
      begin('<task-notification>');
      stop();
    },
    () => {
      is('idle', 'done', 'error');
      says('waiting', 'dialog open');
      pass(500, 9000);
      says('idle');
    },
    // A prompt that was queued in the turn is taken as soon as the turn ends.
    () => {
      begin();
      hook('Stop', { last_assistant_message: 'one' });
      is('done', 'working');
      pass(50, 100);
      is('working');
      hook('UserPromptSubmit', { prompt: 'two' });
      pass(500, 5000);
      stop();
    },
    () => {
      hook('SessionEnd', { reason: 'clear' });
      pass(30, 100);
      is('idle');
      hook('SessionStart', { source: 'clear' });
      says('busy');
      pass(50, 150);
      says('idle');
    },
  ];
  is('idle');
  hook('SessionStart', { source: 'startup' });
  says('idle');
  while (now < 3_600_000) {
    pass(700, 15_000);
    scenes[Math.floor(random() * scenes.length)]?.();
  }
  return { truth, hooks, registry, interrupts, end: now };
}
