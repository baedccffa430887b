import { expect, test } from 'vitest';
import { agentState, type AgentEvidence, type AgentVerdict } from '../../src/status/agentState.ts';
import { parseHookEvent, type HookEvent } from '../../src/status/hookEvent.ts';
import { foldHookEvent, type HookState } from '../../src/status/hookState.ts';
import type { RegistryEntry } from '../../src/status/registryEntry.ts';

/** Seconds since the launch in the recorded runs, as milliseconds of some day. */
export const at = (seconds: number): number => 1_800_000_000_000 + seconds * 1000;

export function hook(seconds: number, event: string, rest: Record<string, unknown> = {}): HookEvent {
  return parseHookEvent(event, at(seconds), { session_id: 'one', ...rest });
}

export function registry(seconds: number, status: string, waitingFor: string | null = null): RegistryEntry {
  return {
    pid: 7,
    sessionId: 'one',
    cwd: '/w',
    procStart: '1',
    kind: 'interactive',
    name: 'x',
    status,
    waitingFor,
    startedAt: at(0),
    statusUpdatedAt: at(seconds),
  };
}

export function fold(events: readonly HookEvent[]): HookState | null {
  return events.reduce<HookState | null>((state, event) => foldHookEvent(state, event), null);
}

export function seen(
  events: readonly HookEvent[],
  entry: RegistryEntry | null,
  now: number,
  more: Partial<AgentEvidence> = {},
): AgentVerdict {
  const evidence: AgentEvidence = {
    kind: 'agent',
    isClaude: true,
    alive: true,
    suspended: false,
    exit: null,
    startedAt: at(0),
    endedAt: null,
    registry: entry,
    hooks: fold(events),
    interruptedAt: null,
    screen: null,
    ...more,
  };
  return agentState(evidence, at(now));
}

export const START = [hook(0.85, 'SessionStart', { source: 'startup', model: 'claude-opus-4-8[1m]' })];
export const PROMPT = [...START, hook(1.01, 'UserPromptSubmit', { prompt: 'do it' })];
export const BASH = { tool_name: 'Bash', tool_input: { command: 'touch x', description: 'Touch' } };
export const TOOL = [...PROMPT, hook(1.24, 'PreToolUse', BASH)];
export const ASKED = [...TOOL, hook(1.39, 'PermissionRequest', BASH)];
export const DONE = [...PROMPT, hook(10.86, 'Stop', { last_assistant_message: 'All done.', background_tasks: [] })];

/** The registry's entries that are met most, by the second of the change. */
export const idle = (seconds: number): RegistryEntry => registry(seconds, 'idle');
export const busy = (seconds: number): RegistryEntry => registry(seconds, 'busy');
export const asks = (seconds: number): RegistryEntry => registry(seconds, 'waiting', 'permission prompt');
export const dialog = (seconds: number): RegistryEntry => registry(seconds, 'waiting', 'dialog open');

export const notice = (seconds: number, notification_type: string, message?: string): HookEvent =>
  hook(seconds, 'Notification', { notification_type, message });

/** What the permission that is asked for BASH is called. */
export const TOUCH = 'Bash: touch x';

/** What happened, the hooks, the registry's entry, the moment one looks, and state, source and detail that must be seen. */
export type Row = readonly [
  what: string,
  events: readonly HookEvent[],
  entry: RegistryEntry | null,
  now: number,
  state: string,
  source: string,
  detail: string | null,
];

/** One test for each row. */
export function testRows(rows: readonly Row[]): void {
  test.each(rows)('%s', (...[, events, entry, now, state, source, detail]) => {
    const verdict = seen(events, entry, now);
    expect({ state: verdict.state, source: verdict.source, detail: verdict.detail }).toEqual({ state, source, detail });
    expect(verdict.rule).not.toBe('');
  });
}
