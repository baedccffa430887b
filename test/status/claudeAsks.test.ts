import { describe } from 'vitest';
import type { HookEvent } from '../../src/status/hookEvent.ts';
import {
  hook,
  registry,
  PROMPT,
  BASH,
  TOOL,
  ASKED,
  idle,
  busy,
  asks,
  dialog,
  notice,
  TOUCH,
  testRows,
  type Row,
} from './claudeScene.ts';

const ask = (tool_name: string, tool_input: unknown): HookEvent[] => [
  ...PROMPT,
  hook(1.24, 'PreToolUse', { tool_name }),
  hook(1.39, 'PermissionRequest', { tool_name, tool_input }),
];
/** Up to the moment when Claude asks in the registry, its hook not there yet. */
const before = (tool_name: string): HookEvent[] => ask(tool_name, {}).slice(0, -1);
const COLOUR = ask('AskUserQuestion', { questions: [{ question: 'Which colour?' }] });
const PLAN = ask('ExitPlanMode', { plan: '# Mock plan\n\n1. Do nothing' });
const NO_PLAN = ask('ExitPlanMode', {});
const FORM = hook(1.4, 'Elicitation', { message: 'Your name?' });
const WRITE = { tool_name: 'Write', tool_input: { file_path: '/w/a.txt' } };
const RUN = [...ASKED, hook(10.66, 'PostToolUse', BASH), hook(10.72, 'PostToolBatch')];

const ROWS: readonly Row[] = [
  ['a tool needs permission, the registry still busy', ASKED, busy(1.07), 1.42, 'permission', 'hook', TOUCH],
  ['a tool needs permission', ASKED, asks(1.47), 60, 'permission', 'hook', TOUCH],
  [
    'the late Notification adds nothing',
    [...ASKED, notice(7.42, 'permission_prompt', 'Claude needs your permission')],
    asks(1.47),
    60,
    'permission',
    'hook',
    TOUCH,
  ],
  ['AskUserQuestion', COLOUR, asks(1.47), 60, 'question', 'hook', 'Which colour?'],
  ['ExitPlanMode', PLAN, asks(1.47), 60, 'plan-review', 'hook', 'Mock plan'],
  ['a tool needs permission, its hook not there yet', TOOL, asks(1.3), 1.35, 'permission', 'registry', TOUCH],
  [
    'AskUserQuestion, its hook not there yet',
    before('AskUserQuestion'),
    asks(1.3),
    1.35,
    'question',
    'registry',
    'AskUserQuestion',
  ],
  [
    'ExitPlanMode, its hook not there yet',
    before('ExitPlanMode'),
    asks(1.3),
    1.35,
    'plan-review',
    'registry',
    'ExitPlanMode',
  ],
  [
    'leaving plan mode without a plan',
    NO_PLAN,
    asks(1.47),
    60,
    'plan-review',
    'hook',
    'leave plan mode; no plan was written',
  ],
  [
    'two tools ask, one is answered',
    [...ASKED, hook(2, 'PermissionRequest', WRITE), hook(5, 'PostToolUse', BASH)],
    asks(2.1),
    6,
    'permission',
    'hook',
    'Write: /w/a.txt',
  ],
  [
    'a teammate asks, told by Notification alone',
    [...TOOL, notice(3, 'worker_permission_prompt', 'mate1 needs permission for Bash')],
    registry(3.1, 'waiting', 'worker request'),
    60,
    'permission',
    'hook',
    'mate1 needs permission for Bash',
  ],
  ['approved: nothing told yet, the registry is busy', ASKED, busy(10.64), 10.65, 'working', 'registry', 'Bash'],
  ['approved and run', RUN, busy(10.64), 10.8, 'working', 'hook', null],
  ['"No", or Esc in the dialog', ASKED, idle(9), 9.1, 'idle', 'registry', 'interrupted'],
  [
    'MCP elicitation keeps the registry busy',
    [...TOOL, hook(1.4, 'Elicitation', { mcp_server_name: 'el', message: 'Your name?' })],
    busy(1.07),
    60,
    'question',
    'hook',
    'Your name?',
  ],
  ['elicitation, the registry waits (2.1.332)', [...TOOL, FORM], dialog(1.5), 60, 'question', 'hook', 'Your name?'],
  [
    'Esc in an elicitation',
    [...TOOL, FORM, hook(9, 'ElicitationResult', { action: 'cancel' })],
    busy(1.07),
    9.1,
    'working',
    'hook',
    null,
  ],
];

describe('the state of a live Claude', () => {
  testRows(ROWS);
});
