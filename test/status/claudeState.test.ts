import { describe, expect, test } from 'vitest';
import {
  at,
  fold,
  hook,
  registry,
  seen,
  START,
  PROMPT,
  BASH,
  TOOL,
  ASKED,
  DONE,
  idle,
  busy,
  dialog,
  notice,
  testRows,
  type Row,
} from './claudeScene.ts';

const COMPACT = hook(20, 'PreCompact', { trigger: 'manual' });

const ROWS: readonly Row[] = [
  ['session up', START, idle(0.9), 1, 'idle', 'hook', null],
  ['prompt given, the registry not there yet', PROMPT, idle(0.9), 1.03, 'working', 'hook', null],
  ['prompt given', PROMPT, busy(1.07), 2, 'working', 'hook', null],
  ['a tool runs without asking', TOOL, busy(1.07), 30, 'working', 'hook', 'Bash'],
  [
    'a tool fails',
    [...TOOL, hook(3, 'PostToolUseFailure', { ...BASH, error: 'Exit code 3' })],
    busy(1.07),
    10,
    'working',
    'hook',
    null,
  ],
  [
    'the turn ends somehow, and the event that says why is not there yet',
    PROMPT,
    idle(21.75),
    22.04,
    'working',
    'hook',
    null,
  ],
  ['Esc while streaming', PROMPT, idle(21.75), 22.06, 'idle', 'registry', 'interrupted'],
  ['Esc while a tool runs', TOOL, idle(21.75), 22.06, 'idle', 'registry', 'interrupted'],
  ['the turn ends, the registry follows later', DONE, busy(10.64), 10.9, 'done', 'hook', 'All done.'],
  ['the turn has ended', DONE, idle(11.05), 60, 'done', 'hook', 'All done.'],
  ['a stop hook of the user goes on with the turn', DONE, busy(10.64), 12, 'working', 'registry', null],
  ['idle_prompt adds nothing', [...DONE, notice(70.9, 'idle_prompt')], idle(11.05), 80, 'done', 'hook', 'All done.'],
  ['/config opened while idle', DONE, dialog(20), 60, 'done', 'hook', 'All done.'],
  ['bash mode: busy without a prompt', DONE, busy(20), 20.1, 'working', 'registry', null],
  ['/compact', [...DONE, COMPACT], busy(20.1), 25, 'working', 'hook', 'compacting'],
  [
    '/compact is through',
    [
      ...DONE,
      COMPACT,
      hook(24, 'SubagentStop', { agent_type: '' }),
      hook(24.1, 'SessionStart', { source: 'compact' }),
      hook(24.2, 'PostCompact', { trigger: 'manual' }),
    ],
    idle(24.3),
    30,
    'idle',
    'hook',
    null,
  ],
  [
    '/compact that had too little to do ends without a word',
    [...DONE, COMPACT],
    idle(20.2),
    20.3,
    'idle',
    'registry',
    null,
  ],
  [
    'compaction in the middle of a turn goes on',
    [...TOOL, hook(20, 'PreCompact', { trigger: 'auto' }), hook(24.2, 'PostCompact', { trigger: 'auto' })],
    busy(1.07),
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
    idle(20.2),
    30,
    'idle',
    'hook',
    null,
  ],
  [
    'a queued prompt is taken at once',
    [...DONE, hook(10.95, 'UserPromptSubmit', { prompt: 'next' })],
    busy(10.64),
    11,
    'working',
    'hook',
    null,
  ],
  [
    '/compact with little to do (2.1.332)',
    [
      ...DONE,
      COMPACT,
      hook(21, 'SubagentStop', { agent_type: '' }),
      hook(21.1, 'SubagentStop', { agent_type: '' }),
      hook(21.2, 'SessionStart', { source: 'compact' }),
      hook(21.3, 'PostCompact', { trigger: 'manual' }),
    ],
    idle(21.4),
    30,
    'idle',
    'hook',
    null,
  ],
];

describe('the state of a live Claude', () => {
  testRows(ROWS);

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

  test('a new conversation in the same pane is the one that is told', () => {
    expect(
      fold([
        ...DONE,
        hook(20, 'SessionEnd', { reason: 'clear' }),
        hook(20.1, 'SessionStart', { source: 'clear', session_id: 'two' }),
      ])?.conversation,
    ).toBe('two');
  });
});
