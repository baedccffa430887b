import { isObject, textAt } from '../base/json.ts';
import { ownAt } from '../base/record.ts';
import { conversationAt } from './conversationId.ts';
import { shorten, withoutPasteTags } from './promptText.ts';

/** What one Claude Code hook reported, reduced to what states and statistics need. Fields as recorded with Claude Code 2.1.197 and 2.1.332. */
export interface HookEvent {
  /** `hook_event_name`. */
  readonly event: string;
  /** Milliseconds since 1970: when the hook ran (its input has no time). */
  readonly time: number;
  readonly sessionId: string | null;
  /** Set inside a sub-agent: such an event never ends its parent's turn. */
  readonly agentId: string | null;
  readonly tool: string | null;
  /** What the event is about, one line, at most 200 characters: a command, a question, a prompt, an error. */
  readonly detail: string | null;
  /** SessionStart `source`, SessionEnd `reason`, Notification type, StopFailure `error`, Pre/PostCompact `trigger`; null for others. */
  readonly kind: string | null;
  /** Stop: what runs on behind the turn. Sub-agents keep Claude's registry busy, a shell does not. */
  readonly background: 'nothing' | 'task' | 'subagent';
  readonly permissionMode: string | null;
  readonly model: string | null;
}

/** An event from a hook's JSON; `name` and `time` come from the file it was left in. */
export function parseHookEvent(name: string, time: number, content: Readonly<Record<string, unknown>>): HookEvent {
  return {
    event: name,
    time,
    sessionId: conversationAt(content, 'session_id'),
    agentId: textAt(content, 'agent_id'),
    tool: textAt(content, 'tool_name'),
    detail: shorten(detailOf(name, content)),
    kind: kindOf(name, content),
    background: runningTask(content['background_tasks']),
    permissionMode: textAt(content, 'permission_mode'),
    model: textAt(content, 'model'),
  };
}

function kindOf(name: string, content: Readonly<Record<string, unknown>>): string | null {
  const field = ownAt(KIND_FIELDS, name);
  return field === undefined ? null : textAt(content, field);
}

const KIND_FIELDS: Readonly<Record<string, string>> = {
  SessionStart: 'source',
  SessionEnd: 'reason',
  Notification: 'notification_type',
  StopFailure: 'error',
  PreCompact: 'trigger',
  PostCompact: 'trigger',
  ElicitationResult: 'action',
};

function detailOf(name: string, content: Readonly<Record<string, unknown>>): string | null {
  switch (name) {
    case 'UserPromptSubmit':
      return withoutTags(textAt(content, 'prompt'));
    case 'Stop':
    case 'StopFailure':
      return textAt(content, 'last_assistant_message');
    case 'Elicitation':
    case 'Notification':
      return textAt(content, 'message');
    case 'PreToolUse':
    case 'PermissionRequest':
      return describeRequest(textAt(content, 'tool_name') ?? '', content['tool_input']);
    default:
      return null;
  }
}

function withoutTags(prompt: string | null): string | null {
  return prompt === null ? null : withoutPasteTags(prompt);
}

/** What a permission dialog asks: the question, the plan's first line, or the tool with the part of its input that tells most. */
function describeRequest(tool: string, input: unknown): string {
  if (!isObject(input)) return tool;
  if (tool === 'AskUserQuestion') return firstQuestion(input['questions']) ?? 'a question';
  if (tool === 'ExitPlanMode')
    return firstLine(textAt(input, 'plan')) ?? (isEmpty(input) ? 'leave plan mode; no plan was written' : 'a plan');
  const telling = ['command', 'file_path', 'notebook_path', 'url', 'pattern', 'query', 'description'].flatMap(
    (key) => textAt(input, key) ?? [],
  )[0];
  return telling === undefined ? tool : `${tool}: ${telling}`;
}

/** Claude Code 2.1.332 sends no input at all where the plan's file is missing. */
function isEmpty(input: object): boolean {
  return Object.keys(input).length === 0;
}

function firstQuestion(questions: unknown): string | null {
  const first: unknown = Array.isArray(questions) ? questions[0] : null;
  return isObject(first) ? textAt(first, 'question') : null;
}

function firstLine(text: string | null): string | null {
  return (
    text
      ?.split('\n')
      .map((line) => line.replace(/^#+\s*/, '').trim())
      .find((line) => line !== '') ?? null
  );
}

function runningTask(tasks: unknown): HookEvent['background'] {
  const running = Array.isArray(tasks) ? tasks.filter((task) => isObject(task) && task['status'] === 'running') : [];
  if (running.length === 0) return 'nothing';
  return running.some((task) => isObject(task) && task['type'] === 'subagent') ? 'subagent' : 'task';
}
