import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HookEvent } from '../../src/status/hookEvent.ts';
import { fold, hook, registry, PROMPT, BASH, TOOL, busy, asks, TOUCH, testRows, type Row } from './claudeScene.ts';

/** An event of the sub-agent. */
const inside = (seconds: number, event: string, rest: Record<string, unknown> = {}): HookEvent =>
  hook(seconds, event, { ...rest, agent_id: 'a1' });

const AGENT = { tool_name: 'Agent', tool_input: { description: 'Look' } };
const STOP_BEFORE_IT = hook(2.12, 'Stop', {
  last_assistant_message: 'Started it.',
  background_tasks: [{ id: 'a1', type: 'subagent', status: 'running' }],
});
const SUBAGENT_STARTS = [
  ...PROMPT,
  hook(1.5, 'PreToolUse', AGENT),
  hook(1.6, 'PostToolUse', AGENT),
  inside(1.7, 'SubagentStart'),
  inside(2, 'PreToolUse', BASH),
];
const SUBAGENT_ASKS = [...SUBAGENT_STARTS, inside(2.1, 'PermissionRequest', BASH), STOP_BEFORE_IT];
const SUBAGENT_WORKS = [...SUBAGENT_STARTS, STOP_BEFORE_IT];

const ROWS: readonly Row[] = [
  [
    'a sub-agent needs permission',
    [...TOOL, inside(2, 'SubagentStart'), inside(2.1, 'PermissionRequest', BASH)],
    asks(2.2),
    60,
    'permission',
    'hook',
    TOUCH,
  ],
  [
    'a sub-agent ends: the parent works on',
    [...TOOL, inside(2, 'SubagentStart'), inside(3, 'SubagentStop', { last_assistant_message: 'found it' })],
    busy(1.07),
    60,
    'working',
    'hook',
    'Bash',
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
    busy(16.1),
    17,
    'working',
    'hook',
    null,
  ],
  ["a sub-agent asks, and its parent's turn ends", SUBAGENT_ASKS, asks(2.2), 60, 'permission', 'hook', TOUCH],
  ['the same without a registry', SUBAGENT_ASKS, null, 60, 'permission', 'hook', TOUCH],
  [
    'a sub-agent asks in auto mode, without a hook',
    SUBAGENT_ASKS.filter(({ event }) => event !== 'PermissionRequest'),
    asks(2.2),
    60,
    'permission',
    'registry',
    TOUCH,
  ],
  ['it is allowed: the sub-agent works on', SUBAGENT_ASKS, busy(20), 20.1, 'background', 'hook', 'Started it.'],
  [
    'it has run',
    [...SUBAGENT_ASKS, inside(21, 'PostToolUse', BASH)],
    busy(20),
    60,
    'background',
    'hook',
    'Started it.',
  ],
  [
    'the sub-agent has ended and wakes Claude',
    [...SUBAGENT_ASKS, inside(30, 'SubagentStop'), hook(30.1, 'UserPromptSubmit', { prompt: '<task-notification>' })],
    busy(20),
    31,
    'working',
    'hook',
    null,
  ],
  [
    'sub-agents work behind the turn, the registry busy',
    SUBAGENT_WORKS,
    busy(1.07),
    60,
    'background',
    'hook',
    'Started it.',
  ],
  [
    'a sub-agent asks a second time, the first one answered',
    [
      ...SUBAGENT_ASKS,
      inside(21, 'PostToolBatch'),
      inside(22, 'PermissionRequest', { tool_name: 'Write', tool_input: { file_path: '/w/a' } }),
    ],
    asks(22.1),
    60,
    'permission',
    'hook',
    'Write: /w/a',
  ],
];

describe('the state of a live Claude', () => {
  testRows(ROWS);

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
