import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isObject, textAt } from '../../src/base/json.ts';
import { parseHookEvent } from '../../src/status/hookEvent.ts';

/** What is read of each event: a version that renames one of these reports less, and nothing fails loudly. */
const READ: Readonly<Record<string, readonly string[]>> = {
  SessionStart: ['session_id', 'source'],
  SessionEnd: ['session_id', 'reason'],
  UserPromptSubmit: ['session_id', 'permission_mode', 'prompt'],
  PreToolUse: ['session_id', 'permission_mode', 'tool_name', 'tool_input'],
  PermissionRequest: ['session_id', 'permission_mode', 'tool_name', 'tool_input'],
  PostToolUse: ['session_id', 'tool_name'],
  PostToolUseFailure: ['session_id', 'tool_name', 'error'],
  PostToolBatch: ['session_id', 'tool_calls'],
  Notification: ['session_id', 'message', 'notification_type'],
  Elicitation: ['session_id', 'message'],
  ElicitationResult: ['session_id', 'action'],
  Stop: ['session_id', 'last_assistant_message', 'background_tasks'],
  StopFailure: ['session_id', 'error', 'last_assistant_message'],
  SubagentStart: ['session_id', 'agent_id'],
  SubagentStop: ['session_id', 'agent_type'],
  PreCompact: ['session_id', 'trigger'],
  PostCompact: ['session_id', 'trigger'],
};

type Input = Readonly<Record<string, unknown>>;

/** Hook inputs of one version, as its binary wrote them: a JSON object a line. */
function recorded(file: string): readonly Input[] {
  const lines = readFileSync(new URL(`../fixtures/claude/${file}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as unknown).filter(isObject);
}

describe.each([
  ['2.1.197', 'hooks.jsonl'],
  ['2.1.332', 'hooks-2.1.332.jsonl'],
])('hook inputs of Claude Code %s', (_version, file) => {
  const inputs = recorded(file);

  it('hold every field that is read of their event', () => {
    const lacking = inputs.flatMap((input) => {
      const event = textAt(input, 'hook_event_name') ?? 'no event';
      const missing = (READ[event] ?? []).filter((key) => !(key in input));
      return missing.length === 0
        ? []
        : [`${event} lacks ${missing.join(', ')}; it has ${Object.keys(input).join(', ')}`];
    });
    expect(lacking).toEqual([]);
  });

  it('are read with their conversation, and a detail where their event has one', () => {
    const events = inputs.map((input) => parseHookEvent(textAt(input, 'hook_event_name') ?? '', 1, input));
    expect(events.filter(({ sessionId }) => sessionId === null)).toEqual([]);
    const silent = events.filter(
      ({ event, detail }) =>
        ['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'Stop', 'Notification', 'Elicitation'].includes(
          event,
        ) && (detail ?? '') === '',
    );
    expect(silent.map(({ event, tool }) => `${event} ${tool ?? ''}`)).toEqual([]);
  });
});
