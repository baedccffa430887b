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

const CANNOT_CHECK = "Auto mode can't check actions in this session\nEnter to stay in auto mode";

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

export function makeHour(seed: number): Hour {
  const random = numbers(seed);
  const between = (low: number, high: number): number => Math.round(low + random() * (high - low));
  const truth: { from: number; state: readonly AgentState[] }[] = [];
  const hooks: HookEvent[] = [];
  const registry: RegistryEntry[] = [];
  const interrupts: number[] = [];
  const screens: { from: number; text: string }[] = [];
  let now = 100;
  const shows = (text: string): void => void screens.push({ from: now + between(0, 120), text });
  const is = (...state: AgentState[]): void => void truth.push({ from: now, state });
  const pass = (low: number, high: number): void => void (now += between(low, high));
  // A later hook never overtakes: Claude waits for one before it goes on.
  const hook = (event: string, content: Record<string, unknown> = {}): void => {
    const time = Math.max(now + between(3, 60), (hooks.at(-1)?.time ?? 0) + 1);
    hooks.push(parseHookEvent(event, time, { session_id: 'one', ...content }));
  };
  const says = (status: string, waitingFor: string | null = null): void => {
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
    // Auto mode cannot check: a question of Claude's own in mid-turn, then a permission, neither with a hook but a late notice (2.1.332).
    () => {
      begin();
      hook('PreToolUse', BASH);
      pass(50, 150);
      is('question');
      says('waiting', 'dialog open');
      shows(CANNOT_CHECK);
      const notice = now + 6500;
      pass(500, 30_000);
      if (now > notice)
        hooks.push(
          parseHookEvent('Notification', Math.max(notice, (hooks.at(-1)?.time ?? 0) + 1), {
            notification_type: 'agent_needs_input',
            message: CANNOT_CHECK,
          }),
        );
      shows('');
      if (random() < 0.3) {
        interrupted();
        return;
      }
      is('permission');
      says('waiting', 'permission prompt');
      pass(500, 6000);
      is('working');
      says('busy');
      pass(50, 3000);
      hook('PostToolUse', BASH);
      hook('PostToolBatch');
      pass(100, 4000);
      stop();
    },
    () => {
      is('question');
      says('waiting', 'dialog open');
      shows('Make auto mode your default permission mode?\n❯ Yes, set auto mode as my default permission mode');
      pass(500, 30_000);
      shows('');
      is('idle', 'done', 'error');
      says('idle');
    },
    // A sub-agent in the background asks just before its parent's turn ends, and works on after that (2.1.332).
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'Agent' });
      hook('PostToolUse', { tool_name: 'Agent' });
      hook('SubagentStart', { agent_id: 'b1' });
      hook('PreToolUse', { ...BASH, agent_id: 'b1' });
      pass(50, 100);
      is('permission');
      hook('PermissionRequest', { ...BASH, agent_id: 'b1' });
      says('waiting', 'permission prompt');
      pass(20, 21);
      hook('Stop', { last_assistant_message: 'started', background_tasks: [{ type: 'subagent', status: 'running' }] });
      pass(500, 30_000);
      is('background');
      says('busy');
      pass(100, 3000);
      if (random() < 0.7) hook('PostToolUse', { ...BASH, agent_id: 'b1' });
      hook('PostToolBatch', { agent_id: 'b1' });
      pass(100, 9000);
      hook('SubagentStop', { agent_id: 'b1' });
      pass(10, 60);
      is('working');
      hook('UserPromptSubmit', { prompt: '<task-notification>' });
      pass(300, 4000);
      stop();
    },
    () => {
      begin();
      hook('PreToolUse', { tool_name: 'mcp__el__ask' });
      pass(50, 100);
      is('question');
      hook('Elicitation', { message: 'Name?' });
      says('waiting', 'dialog open');
      pass(500, 30_000);
      hook('ElicitationResult', { action: 'accept' });
      is('working');
      says('busy');
      pass(100, 3000);
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
  return { truth, hooks, registry, interrupts, screens, end: now };
}
