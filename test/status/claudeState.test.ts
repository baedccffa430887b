import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, textAt } from '../../src/base/json.ts';
import { agentState, type AgentEvidence, type AgentVerdict } from '../../src/status/agentState.ts';
import { parseHookEvent, type HookEvent } from '../../src/status/hookEvent.ts';
import { foldHookEvent, type HookState } from '../../src/status/hookState.ts';
import type { RegistryEntry } from '../../src/status/registryEntry.ts';

/** Seconds since the launch in the recorded runs, as milliseconds of some day. */
const at = (seconds: number): number => 1_800_000_000_000 + seconds * 1000;

function hook(seconds: number, event: string, rest: Record<string, unknown> = {}): HookEvent {
  return parseHookEvent(event, at(seconds), { session_id: 'one', ...rest });
}

function registry(seconds: number, status: string, waitingFor: string | null = null): RegistryEntry {
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

function fold(events: readonly HookEvent[]): HookState | null {
  return events.reduce<HookState | null>((state, event) => foldHookEvent(state, event), null);
}

function seen(
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

const START = [hook(0.85, 'SessionStart', { source: 'startup', model: 'claude-opus-4-8[1m]' })];
const PROMPT = [...START, hook(1.01, 'UserPromptSubmit', { prompt: 'do it' })];
const BASH = { tool_name: 'Bash', tool_input: { command: 'touch x', description: 'Touch' } };
const TOOL = [...PROMPT, hook(1.24, 'PreToolUse', BASH)];
const ASKED = [...TOOL, hook(1.39, 'PermissionRequest', BASH)];
const ask = (tool_name: string, tool_input: unknown): HookEvent[] => [
  ...PROMPT,
  hook(1.24, 'PreToolUse', { tool_name }),
  hook(1.39, 'PermissionRequest', { tool_name, tool_input }),
];
const DONE = [...PROMPT, hook(10.86, 'Stop', { last_assistant_message: 'All done.', background_tasks: [] })];

const CANNOT_CHECK_TEXT = "Auto mode can't check actions in this session and needs your choice";
const CANNOT_CHECK = hook(7.9, 'Notification', { notification_type: 'agent_needs_input', message: CANNOT_CHECK_TEXT });
const AGENT = { tool_name: 'Agent', tool_input: { description: 'Look' } };
const STOP_BEFORE_IT = hook(2.12, 'Stop', {
  last_assistant_message: 'Started it.',
  background_tasks: [{ id: 'a1', type: 'subagent', status: 'running' }],
});
const SUBAGENT_STARTS = [
  ...PROMPT,
  hook(1.5, 'PreToolUse', AGENT),
  hook(1.6, 'PostToolUse', AGENT),
  hook(1.7, 'SubagentStart', { agent_id: 'a1' }),
  hook(2, 'PreToolUse', { ...BASH, agent_id: 'a1' }),
];
const SUBAGENT_ASKS = [...SUBAGENT_STARTS, hook(2.1, 'PermissionRequest', { ...BASH, agent_id: 'a1' }), STOP_BEFORE_IT];
const SUBAGENT_WORKS = [...SUBAGENT_STARTS, STOP_BEFORE_IT];

/** What happened, the hooks, the registry's entry, the moment one looks, and state, source and detail that must be seen. */
type Row = readonly [
  what: string,
  events: readonly HookEvent[],
  entry: RegistryEntry | null,
  now: number,
  state: string,
  source: string,
  detail: string | null,
];

const ROWS: readonly Row[] = [
  ['session up', START, registry(0.9, 'idle'), 1, 'idle', 'hook', null],
  ['prompt given, the registry not there yet', PROMPT, registry(0.9, 'idle'), 1.03, 'working', 'hook', null],
  ['prompt given', PROMPT, registry(1.07, 'busy'), 2, 'working', 'hook', null],
  ['a tool runs without asking', TOOL, registry(1.07, 'busy'), 30, 'working', 'hook', 'Bash'],
  [
    'a tool needs permission, the registry still busy',
    ASKED,
    registry(1.07, 'busy'),
    1.42,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  [
    'a tool needs permission',
    ASKED,
    registry(1.47, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  [
    'the late Notification adds nothing',
    [
      ...ASKED,
      hook(7.42, 'Notification', { notification_type: 'permission_prompt', message: 'Claude needs your permission' }),
    ],
    registry(1.47, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  [
    'AskUserQuestion',
    ask('AskUserQuestion', { questions: [{ question: 'Which colour?' }] }),
    registry(1.47, 'waiting', 'permission prompt'),
    60,
    'question',
    'hook',
    'Which colour?',
  ],
  [
    'ExitPlanMode',
    ask('ExitPlanMode', { plan: '# Mock plan\n\n1. Do nothing' }),
    registry(1.47, 'waiting', 'permission prompt'),
    60,
    'plan-review',
    'hook',
    'Mock plan',
  ],
  [
    'a tool needs permission, its hook not there yet',
    TOOL,
    registry(1.3, 'waiting', 'permission prompt'),
    1.35,
    'permission',
    'registry',
    'Bash: touch x',
  ],
  [
    'AskUserQuestion, its hook not there yet',
    ask('AskUserQuestion', {}).slice(0, -1),
    registry(1.3, 'waiting', 'permission prompt'),
    1.35,
    'question',
    'registry',
    'AskUserQuestion',
  ],
  [
    'ExitPlanMode, its hook not there yet',
    ask('ExitPlanMode', {}).slice(0, -1),
    registry(1.3, 'waiting', 'permission prompt'),
    1.35,
    'plan-review',
    'registry',
    'ExitPlanMode',
  ],
  [
    'MCP elicitation keeps the registry busy',
    [...TOOL, hook(1.4, 'Elicitation', { mcp_server_name: 'el', message: 'Your name?' })],
    registry(1.07, 'busy'),
    60,
    'question',
    'hook',
    'Your name?',
  ],
  [
    'Esc in an elicitation',
    [...TOOL, hook(1.4, 'Elicitation', { message: 'Your name?' }), hook(9, 'ElicitationResult', { action: 'cancel' })],
    registry(1.07, 'busy'),
    9.1,
    'working',
    'hook',
    null,
  ],
  [
    'a sub-agent needs permission',
    [
      ...TOOL,
      hook(2, 'SubagentStart', { agent_id: 'a1' }),
      hook(2.1, 'PermissionRequest', { ...BASH, agent_id: 'a1' }),
    ],
    registry(2.2, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  [
    'a sub-agent ends: the parent works on',
    [
      ...TOOL,
      hook(2, 'SubagentStart', { agent_id: 'a1' }),
      hook(3, 'SubagentStop', { agent_id: 'a1', last_assistant_message: 'found it' }),
    ],
    registry(1.07, 'busy'),
    60,
    'working',
    'hook',
    'Bash',
  ],
  [
    'a teammate asks, told by Notification alone',
    [
      ...TOOL,
      hook(3, 'Notification', {
        notification_type: 'worker_permission_prompt',
        message: 'mate1 needs permission for Bash',
      }),
    ],
    registry(3.1, 'waiting', 'worker request'),
    60,
    'permission',
    'hook',
    'mate1 needs permission for Bash',
  ],
  [
    'approved: nothing told yet, the registry is busy',
    ASKED,
    registry(10.64, 'busy'),
    10.65,
    'working',
    'registry',
    'Bash',
  ],
  [
    'approved and run',
    [...ASKED, hook(10.66, 'PostToolUse', BASH), hook(10.72, 'PostToolBatch')],
    registry(10.64, 'busy'),
    10.8,
    'working',
    'hook',
    null,
  ],
  [
    'a tool fails',
    [...TOOL, hook(3, 'PostToolUseFailure', { ...BASH, error: 'Exit code 3' })],
    registry(1.07, 'busy'),
    10,
    'working',
    'hook',
    null,
  ],
  ['"No", or Esc in the dialog', ASKED, registry(9, 'idle'), 9.1, 'idle', 'registry', 'interrupted'],
  [
    'the turn ends somehow, and the event that says why is not there yet',
    PROMPT,
    registry(21.75, 'idle'),
    22.04,
    'working',
    'hook',
    null,
  ],
  ['Esc while streaming', PROMPT, registry(21.75, 'idle'), 22.06, 'idle', 'registry', 'interrupted'],
  ['Esc while a tool runs', TOOL, registry(21.75, 'idle'), 22.06, 'idle', 'registry', 'interrupted'],
  ['the turn ends, the registry follows later', DONE, registry(10.64, 'busy'), 10.9, 'done', 'hook', 'All done.'],
  ['the turn has ended', DONE, registry(11.05, 'idle'), 60, 'done', 'hook', 'All done.'],
  ['a stop hook of the user goes on with the turn', DONE, registry(10.64, 'busy'), 12, 'working', 'registry', null],
  [
    'idle_prompt adds nothing',
    [...DONE, hook(70.9, 'Notification', { notification_type: 'idle_prompt' })],
    registry(11.05, 'idle'),
    80,
    'done',
    'hook',
    'All done.',
  ],
  [
    'a background shell runs on',
    [
      ...PROMPT,
      hook(10, 'Stop', {
        last_assistant_message: 'Started.',
        background_tasks: [{ type: 'shell', status: 'running' }],
      }),
    ],
    registry(10.1, 'shell'),
    12,
    'background',
    'hook',
    'Started.',
  ],
  [
    'the background task ends and wakes Claude',
    [
      ...PROMPT,
      hook(10, 'Stop', { background_tasks: [{ status: 'running' }] }),
      hook(16, 'UserPromptSubmit', { prompt: '<task-notification>done' }),
    ],
    registry(16.1, 'busy'),
    17,
    'working',
    'hook',
    null,
  ],
  [
    'a server error, retries exhausted',
    [...PROMPT, hook(9, 'StopFailure', { error: 'server_error', last_assistant_message: 'API Error: 500' })],
    registry(9.1, 'idle'),
    60,
    'error',
    'hook',
    'API Error: 500',
  ],
  [
    '429 of a busy server is an error',
    [
      ...PROMPT,
      hook(9, 'StopFailure', { error: 'rate_limit', last_assistant_message: 'API Error: Request rejected (429)' }),
    ],
    registry(9.1, 'idle'),
    60,
    'error',
    'hook',
    'API Error: Request rejected (429)',
  ],
  [
    'a usage limit',
    [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: "You've hit your limit · resets 7pm (UTC)",
      }),
    ],
    registry(9.1, 'idle'),
    60,
    'limited',
    'hook',
    "You've hit your limit · resets 7pm (UTC)",
  ],
  ['/config opened while idle', DONE, registry(20, 'waiting', 'dialog open'), 60, 'done', 'hook', 'All done.'],
  ['bash mode: busy without a prompt', DONE, registry(20, 'busy'), 20.1, 'working', 'registry', null],
  [
    '/compact',
    [...DONE, hook(20, 'PreCompact', { trigger: 'manual' })],
    registry(20.1, 'busy'),
    25,
    'working',
    'hook',
    'compacting',
  ],
  [
    '/compact is through',
    [
      ...DONE,
      hook(20, 'PreCompact', { trigger: 'manual' }),
      hook(24, 'SubagentStop', { agent_type: '' }),
      hook(24.1, 'SessionStart', { source: 'compact' }),
      hook(24.2, 'PostCompact', { trigger: 'manual' }),
    ],
    registry(24.3, 'idle'),
    30,
    'idle',
    'hook',
    null,
  ],
  [
    '/compact that had too little to do ends without a word',
    [...DONE, hook(20, 'PreCompact', { trigger: 'manual' })],
    registry(20.2, 'idle'),
    20.3,
    'idle',
    'registry',
    null,
  ],
  [
    'compaction in the middle of a turn goes on',
    [...TOOL, hook(20, 'PreCompact', { trigger: 'auto' }), hook(24.2, 'PostCompact', { trigger: 'auto' })],
    registry(1.07, 'busy'),
    30,
    'working',
    'hook',
    null,
  ],
  [
    '/clear',
    [
      ...DONE,
      hook(20, 'SessionEnd', { reason: 'clear' }),
      hook(20.1, 'SessionStart', { source: 'clear', session_id: 'two' }),
    ],
    registry(20.2, 'idle'),
    30,
    'idle',
    'hook',
    null,
  ],
  [
    'a queued prompt is taken at once',
    [...DONE, hook(10.95, 'UserPromptSubmit', { prompt: 'next' })],
    registry(10.64, 'busy'),
    11,
    'working',
    'hook',
    null,
  ],
  [
    'two tools ask, one is answered',
    [
      ...ASKED,
      hook(2, 'PermissionRequest', { tool_name: 'Write', tool_input: { file_path: '/w/a.txt' } }),
      hook(5, 'PostToolUse', BASH),
    ],
    registry(2.1, 'waiting', 'permission prompt'),
    6,
    'permission',
    'hook',
    'Write: /w/a.txt',
  ],
  [
    'auto mode cannot check: Claude says so itself, six seconds later',
    [...TOOL, CANNOT_CHECK],
    registry(1.4, 'waiting', 'dialog open'),
    60,
    'question',
    'hook',
    CANNOT_CHECK_TEXT,
  ],
  [
    'auto mode cannot check, and the registry cannot be read',
    [...TOOL, CANNOT_CHECK],
    null,
    60,
    'question',
    'hook',
    CANNOT_CHECK_TEXT,
  ],
  [
    'a notice while the registry works is not of this session',
    [...TOOL, CANNOT_CHECK],
    registry(1.07, 'busy'),
    8,
    'working',
    'hook',
    'Bash',
  ],
  [
    'auto mode was left in its question',
    [...TOOL, CANNOT_CHECK],
    registry(20, 'busy'),
    20.1,
    'working',
    'hook',
    'Bash',
  ],
  ['Esc in its question', [...TOOL, CANNOT_CHECK], registry(20, 'idle'), 20.4, 'idle', 'registry', 'interrupted'],
  [
    '/config opened after that Esc',
    [...TOOL, CANNOT_CHECK],
    registry(30, 'waiting', 'dialog open'),
    40,
    'working',
    'hook',
    'Bash',
  ],
  [
    'the permission after it has no hook of its own',
    [...TOOL, CANNOT_CHECK],
    registry(20, 'waiting', 'permission prompt'),
    20.1,
    'permission',
    'registry',
    'Bash: touch x',
  ],
  [
    'that permission, its late notice',
    [
      ...TOOL,
      hook(7.9, 'Notification', { notification_type: 'permission_prompt', message: 'Claude needs your permission' }),
    ],
    registry(1.4, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  [
    'that permission is given',
    [...TOOL, hook(7.9, 'Notification', { notification_type: 'permission_prompt' }), hook(9, 'PostToolUse', BASH)],
    null,
    10,
    'working',
    'hook',
    null,
  ],
  [
    'elicitation, the registry waits (2.1.332)',
    [...TOOL, hook(1.4, 'Elicitation', { message: 'Your name?' })],
    registry(1.5, 'waiting', 'dialog open'),
    60,
    'question',
    'hook',
    'Your name?',
  ],
  [
    'leaving plan mode without a plan',
    ask('ExitPlanMode', {}),
    registry(1.47, 'waiting', 'permission prompt'),
    60,
    'plan-review',
    'hook',
    'leave plan mode; no plan was written',
  ],
  [
    "a sub-agent asks, and its parent's turn ends",
    SUBAGENT_ASKS,
    registry(2.2, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Bash: touch x',
  ],
  ['the same without a registry', SUBAGENT_ASKS, null, 60, 'permission', 'hook', 'Bash: touch x'],
  [
    'a sub-agent asks in auto mode, without a hook',
    SUBAGENT_ASKS.filter(({ event }) => event !== 'PermissionRequest'),
    registry(2.2, 'waiting', 'permission prompt'),
    60,
    'permission',
    'registry',
    'Bash: touch x',
  ],
  [
    'it is allowed: the sub-agent works on',
    SUBAGENT_ASKS,
    registry(20, 'busy'),
    20.1,
    'background',
    'hook',
    'Started it.',
  ],
  [
    'it has run',
    [...SUBAGENT_ASKS, hook(21, 'PostToolUse', { ...BASH, agent_id: 'a1' })],
    registry(20, 'busy'),
    60,
    'background',
    'hook',
    'Started it.',
  ],
  [
    'the sub-agent has ended and wakes Claude',
    [
      ...SUBAGENT_ASKS,
      hook(30, 'SubagentStop', { agent_id: 'a1' }),
      hook(30.1, 'UserPromptSubmit', { prompt: '<task-notification>' }),
    ],
    registry(20, 'busy'),
    31,
    'working',
    'hook',
    null,
  ],
  [
    'sub-agents work behind the turn, the registry busy',
    SUBAGENT_WORKS,
    registry(1.07, 'busy'),
    60,
    'background',
    'hook',
    'Started it.',
  ],
  [
    'a sub-agent asks a second time, the first one answered',
    [
      ...SUBAGENT_ASKS,
      hook(21, 'PostToolBatch', { agent_id: 'a1' }),
      hook(22, 'PermissionRequest', { tool_name: 'Write', tool_input: { file_path: '/w/a' }, agent_id: 'a1' }),
    ],
    registry(22.1, 'waiting', 'permission prompt'),
    60,
    'permission',
    'hook',
    'Write: /w/a',
  ],
  [
    '/compact with little to do (2.1.332)',
    [
      ...DONE,
      hook(20, 'PreCompact', { trigger: 'manual' }),
      hook(21, 'SubagentStop', { agent_type: '' }),
      hook(21.1, 'SubagentStop', { agent_type: '' }),
      hook(21.2, 'SessionStart', { source: 'compact' }),
      hook(21.3, 'PostCompact', { trigger: 'manual' }),
    ],
    registry(21.4, 'idle'),
    30,
    'idle',
    'hook',
    null,
  ],
  [
    'a server that limits requests is an error',
    [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: 'Server is temporarily limiting requests (not your usage limit) · Rate limited',
      }),
    ],
    registry(9.1, 'idle'),
    60,
    'error',
    'hook',
    'Server is temporarily limiting requests (not your usage limit) · Rate limited',
  ],
  [
    "the limit's own dialog leaves it limited",
    [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: "You've hit your weekly limit · resets Nov 30, 4:49am (UTC)",
      }),
    ],
    registry(9.1, 'waiting', 'dialog open'),
    60,
    'limited',
    'hook',
    "You've hit your weekly limit · resets Nov 30, 4:49am (UTC)",
  ],
  ['no registry file: the hooks carry on', ASKED, null, 60, 'permission', 'hook', 'Bash: touch x'],
  [
    'a registry of a newer version with an unknown status: the hooks carry on',
    TOOL,
    registry(30, 'dreaming'),
    60,
    'working',
    'hook',
    'Bash',
  ],
  ['hooks disabled: the registry carries on', [], registry(1.07, 'busy'), 60, 'working', 'registry', null],
  [
    'hooks disabled, a dialog',
    [],
    registry(1.07, 'waiting', 'permission prompt'),
    60,
    'permission',
    'registry',
    'permission prompt',
  ],
  [
    'neither knows anything',
    [],
    registry(1, 'dreaming'),
    60,
    'unknown',
    'registry',
    'Claude says "dreaming", which this version does not know',
  ],
];

const CANNOT_CHECK_SCREEN = [
  " Auto mode can't check actions in this session",
  ' Your gateway does not pass the check on.',
  ' Enter to stay in auto mode · shift+Tab to leave for accept edits mode and stop · Esc to cancel',
].join('\n');
const DEFAULT_MODE_SCREEN = [
  ' Make auto mode your default permission mode?',
  ' ❯ Yes, set auto mode as my default permission mode',
  '   No, keep manual mode',
].join('\n');

describe('the state of a live Claude', () => {
  test.each(ROWS)('%s', (...[, events, entry, now, state, source, detail]) => {
    const verdict = seen(events, entry, now);
    expect({ state: verdict.state, source: verdict.source, detail: verdict.detail }).toEqual({ state, source, detail });
    expect(verdict.rule).not.toBe('');
  });

  test.each([
    [
      "auto mode's own question, before any notice",
      TOOL,
      CANNOT_CHECK_SCREEN,
      "Auto mode can't check actions in this session",
    ],
    [
      'the same on a narrow pane',
      TOOL,
      CANNOT_CHECK_SCREEN.replace('in this', 'in\n│ this').replace('stay in', 'stay\n in'),
      "Auto mode can't check actions in this session",
    ],
    [
      'the question about the default mode, at the start',
      START,
      DEFAULT_MODE_SCREEN,
      'Make auto mode your default permission mode?',
    ],
    [
      'the question about the default mode, after a turn',
      DONE,
      DEFAULT_MODE_SCREEN.replace('❯ Yes', '  Yes').replace('  No', '❯ No'),
      'Make auto mode your default permission mode?',
    ],
    [
      'the question about the default mode, hooks disabled',
      [],
      DEFAULT_MODE_SCREEN,
      'Make auto mode your default permission mode?',
    ],
  ])('the screen tells %s', (_what, events, screen, detail) => {
    const entry = registry(20, 'waiting', 'dialog open');
    expect(seen(events, entry, 21, { screen })).toMatchObject({
      state: 'question',
      source: 'screen',
      detail,
      since: at(20),
    });
    expect(seen(events, { ...entry, status: 'idle', waitingFor: null }, 22, { screen }).state).not.toBe('question');
  });

  test.each([
    ['/config', 'Config\n ❯ Auto-compact  true'],
    ['/config over a conversation that quotes the question', '> Make auto mode your default permission mode?\nConfig'],
    ['the dialog of a usage limit', 'What do you want to do?\n❯ 1. Stop and wait for limit to reset'],
  ])("%s is no question of Claude's", (_what, screen) => {
    expect(seen(DONE, registry(20, 'waiting', 'dialog open'), 21, { screen })).toMatchObject({
      state: 'done',
      source: 'hook',
    });
  });

  test('a limit that the transcript noted says until when, whatever the words were', () => {
    const limit = { at: at(8.9), until: at(3600), detail: "You've hit your 5-hour limit" };
    const failed = [
      ...PROMPT,
      hook(9, 'StopFailure', { error: 'rate_limit', last_assistant_message: 'Something about a limit' }),
    ];
    const limited = { state: 'limited', until: at(3600), detail: limit.detail };
    expect(seen(failed, registry(9.1, 'idle'), 60, { limit })).toMatchObject(limited);
    expect(seen(PROMPT, registry(9.1, 'idle'), 60, { limit })).toMatchObject(limited);
    expect(seen([], registry(9.1, 'idle'), 60, { limit })).toMatchObject({ ...limited, source: 'transcript' });
    // A conversation that was resumed after it, and one that has gone on.
    expect(seen([], registry(9.1, 'idle'), 60, { limit, startedAt: at(10) }).state).toBe('idle');
    expect(
      seen([...failed, hook(30, 'UserPromptSubmit', { prompt: 'continue' })], registry(30.1, 'busy'), 60, { limit })
        .state,
    ).toBe('working');
    expect(seen([], registry(30, 'busy'), 60, { limit }).state).toBe('working');
  });

  test('a prompt that Claude gives itself is not the last prompt', () => {
    const own = [
      '<task-notification>done',
      'Your claude.ai usage limit has reset. Continue the task you were working on',
    ];
    expect(own.map((prompt) => fold([...DONE, hook(20, 'UserPromptSubmit', { prompt })])?.lastPrompt)).toEqual([
      'do it',
      'do it',
    ]);
  });

  test('since is the moment it began to hold, not the last event', () => {
    expect(seen([...TOOL, hook(5, 'PostToolUse', BASH)], registry(1.07, 'busy'), 60).since).toBe(at(1.01));
    expect(seen(ASKED, registry(1.47, 'waiting', 'permission prompt'), 60).since).toBe(at(1.39));
    expect(seen(TOOL, registry(21.75, 'idle'), 60).since).toBe(at(21.75));
  });

  test('the limit ends when Claude says', () => {
    const events = [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: 'Claude AI usage limit reached|1800003600',
      }),
    ];
    expect(seen(events, registry(9.1, 'idle'), 60).until).toBe(1_800_003_600_000);
  });

  test('a new conversation in the same pane is the one that is told', () => {
    expect(
      fold([
        ...DONE,
        hook(20, 'SessionEnd', { reason: 'clear' }),
        hook(20.1, 'SessionStart', { source: 'clear', session_id: 'two' }),
      ])?.conversation,
    ).toBe('two');
  });

  test('recorded hook inputs of 2.1.197 are read field by field', () => {
    const lines = readFileSync(new URL('../fixtures/claude/hooks.jsonl', import.meta.url), 'utf8')
      .trim()
      .split('\n');
    const events = lines.map((line): HookEvent => {
      const content: unknown = JSON.parse(line);
      if (!isObject(content)) throw new Error('no object');
      return parseHookEvent(textAt(content, 'hook_event_name') ?? '', 0, content);
    });
    const first = (name: string, fits: (event: HookEvent) => boolean = () => true): HookEvent | undefined =>
      events.find((event) => event.event === name && fits(event));
    expect(first('SessionStart', ({ kind }) => kind === 'startup')).toMatchObject({ model: 'claude-opus-4-8[1m]' });
    expect(first('PermissionRequest', ({ tool }) => tool === 'AskUserQuestion')).toMatchObject({
      detail: 'Which colour?',
    });
    expect(first('PermissionRequest', ({ tool }) => tool === 'ExitPlanMode')).toMatchObject({ detail: 'Mock plan' });
    expect(first('PermissionRequest', ({ tool }) => tool === 'Bash')).toMatchObject({
      detail: 'Bash: exit 3',
      permissionMode: 'default',
    });
    expect(first('Stop', ({ background }) => background === 'task')).toMatchObject({
      detail: 'Started in the background.',
    });
    expect(first('StopFailure', ({ kind }) => kind === 'rate_limit')).toBeDefined();
    expect(first('SubagentStop')?.agentId).toBe('ae506d5101e4110e6');
    expect(first('SessionEnd', ({ kind }) => kind === 'prompt_input_exit')).toBeDefined();
    expect(first('Elicitation')).toMatchObject({ detail: 'Your name?' });
    expect(first('Notification', ({ kind }) => kind === 'worker_permission_prompt')).toBeDefined();
    expect(first('PostCompact')).toMatchObject({ kind: 'manual' });
  });

  test('no event of a sub-agent ever ends the turn of its parent', () => {
    const names = [
      'PreToolUse',
      'PostToolUse',
      'PostToolUseFailure',
      'PostToolBatch',
      'SubagentStart',
      'SubagentStop',
      'Stop',
      'StopFailure',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...names), { maxLength: 20 }), (events) => {
        const state = fold([
          ...PROMPT,
          ...events.map((name, index) => hook(2 + index, name, { agent_id: 'a1', tool_name: 'Bash' })),
        ]);
        expect(state?.turn.phase).toBe('working');
      }),
    );
  });
});
