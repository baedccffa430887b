import { isObject, textAt } from '../base/json.ts';
import { ownAt } from '../base/record.ts';
import { oneLine } from '../base/text.ts';
import { conversationAt } from './conversationId.ts';

/** What one Claude Code hook told, reduced to what states and statistics need. Fields as recorded with Claude Code 2.1.197. */
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
  /** Stop: a background task runs on. */
  readonly background: boolean;
  readonly permissionMode: string | null;
  readonly model: string | null;
}

/** Longest detail kept, in characters. */
const LONGEST = 200;

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
    background: hasRunningTask(content['background_tasks']),
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
      return textAt(content, 'prompt');
    case 'Stop':
    case 'StopFailure':
      return textAt(content, 'last_assistant_message');
    case 'Elicitation':
    case 'Notification':
      return textAt(content, 'message');
    case 'PermissionRequest':
      return describeRequest(textAt(content, 'tool_name') ?? '', content['tool_input']);
    default:
      return null;
  }
}

/** What a permission dialog asks: the question, the plan's first line, or the tool with the part of its input that tells most. */
function describeRequest(tool: string, input: unknown): string {
  if (!isObject(input)) return tool;
  if (tool === 'AskUserQuestion') return firstQuestion(input['questions']) ?? 'a question';
  if (tool === 'ExitPlanMode') return firstLine(textAt(input, 'plan')) ?? 'a plan';
  const telling = ['command', 'file_path', 'notebook_path', 'url', 'pattern', 'query', 'description'].flatMap((key) => textAt(input, key) ?? [])[0];
  return telling === undefined ? tool : `${tool}: ${telling}`;
}

function firstQuestion(questions: unknown): string | null {
  const first: unknown = Array.isArray(questions) ? questions[0] : null;
  return isObject(first) ? textAt(first, 'question') : null;
}

function firstLine(text: string | null): string | null {
  return text?.split('\n').map((line) => line.replace(/^#+\s*/, '').trim()).find((line) => line !== '') ?? null;
}

function hasRunningTask(tasks: unknown): boolean {
  return Array.isArray(tasks) && tasks.some((task) => isObject(task) && task['status'] === 'running');
}

/** True when `kept` is what is kept of the prompt `text`. Claude composes what it is given: é of two code points may have become one. */
export function isKeptOf(kept: string, text: string): boolean {
  const [known, whole] = [kept.normalize('NFC'), flatten(text).normalize('NFC')];
  // What was cut may end between the two code points of one character.
  return kept.length === LONGEST && kept.endsWith('…') ? whole.startsWith(known.slice(0, -2)) : known === whole;
}

function flatten(text: string): string {
  return oneLine(text).replace(/ +/g, ' ').trim();
}

function shorten(text: string | null): string | null {
  if (text === null) return null;
  const line = flatten(text);
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
