import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isObject, textAt } from '../../src/base/json.ts';
import { parseHookEvent, type HookEvent } from '../../src/status/hookEvent.ts';
import { registry, TOOL, ASKED, busy, asks, TOUCH, testRows, type Row } from './claudeScene.ts';

const ROWS: readonly Row[] = [
  ['no registry file: the hooks carry on', ASKED, null, 60, 'permission', 'hook', TOUCH],
  [
    'a registry of a newer version with an unknown status: the hooks carry on',
    TOOL,
    registry(30, 'dreaming'),
    60,
    'working',
    'hook',
    'Bash',
  ],
  ['hooks disabled: the registry carries on', [], busy(1.07), 60, 'working', 'registry', null],
  ['hooks disabled, a dialog', [], asks(1.07), 60, 'permission', 'registry', 'permission prompt'],
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

describe('the state of a live Claude', () => {
  testRows(ROWS);

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
});
