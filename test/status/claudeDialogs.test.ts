import { describe, expect, test } from 'vitest';
import {
  at,
  hook,
  registry,
  seen,
  START,
  BASH,
  TOOL,
  DONE,
  idle,
  busy,
  asks,
  dialog,
  notice,
  TOUCH,
  testRows,
  type Row,
} from './claudeScene.ts';

const CANNOT_CHECK_TEXT = "Auto mode can't check actions in this session and needs your choice";
const CANNOT_CHECK = hook(7.9, 'Notification', { notification_type: 'agent_needs_input', message: CANNOT_CHECK_TEXT });
const UNCHECKED = [...TOOL, CANNOT_CHECK];

const ROWS: readonly Row[] = [
  [
    'auto mode cannot check: Claude says so itself, six seconds later',
    UNCHECKED,
    dialog(1.4),
    60,
    'question',
    'hook',
    CANNOT_CHECK_TEXT,
  ],
  [
    'auto mode cannot check, and the registry cannot be read',
    UNCHECKED,
    null,
    60,
    'question',
    'hook',
    CANNOT_CHECK_TEXT,
  ],
  ['a notice while the registry works is not of this session', UNCHECKED, busy(1.07), 8, 'working', 'hook', 'Bash'],
  ['auto mode was left in its question', UNCHECKED, busy(20), 20.1, 'working', 'hook', 'Bash'],
  ['Esc in its question', UNCHECKED, idle(20), 20.4, 'idle', 'registry', 'interrupted'],
  ['/config opened after that Esc', UNCHECKED, dialog(30), 40, 'working', 'hook', 'Bash'],
  ['the permission after it has no hook of its own', UNCHECKED, asks(20), 20.1, 'permission', 'registry', TOUCH],
  [
    'that permission, its late notice',
    [...TOOL, notice(7.9, 'permission_prompt', 'Claude needs your permission')],
    asks(1.4),
    60,
    'permission',
    'hook',
    TOUCH,
  ],
  [
    'that permission is given',
    [...TOOL, notice(7.9, 'permission_prompt'), hook(9, 'PostToolUse', BASH)],
    null,
    10,
    'working',
    'hook',
    null,
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
  testRows(ROWS);

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
});
