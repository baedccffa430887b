import { isObject, numberAt, textAt, textsAt, timeAt } from '../base/json.ts';
import { recordOf } from '../base/record.ts';
import { conversationAt } from '../status/conversationId.ts';
import type { HookState, OpenDialog, ToolCall, Turn } from '../status/hookState.ts';
import { type JsonFormat, parseObject, readJson, readText, writeFileAtomic } from './file.ts';
import type { JournalMark } from './journal.ts';
import type { FleetPaths } from './paths.ts';

/** hooks.json of a fleet: what all events so far come to. Writing it is the moment in which events count as folded. */
export interface HookStates {
  readonly version: 1;
  /** By id of the fleet's session. */
  readonly sessions: Readonly<Record<string, HookState>>;
  /** Keys of the events folded last: a file that is still in the inbox was to be deleted. */
  readonly folded: readonly string[];
  /** End of the journal; null before its first line. */
  readonly journal: JournalMark | null;
}

const NO_STATES: HookStates = { version: 1, sessions: recordOf([]), folded: [], journal: null };

/** The states of a fleet. A damaged file (a power loss) is as none: the next events tell anew; one of a newer version is a UserError. */
export async function readHookStates(fleet: FleetPaths): Promise<HookStates> {
  const text = await readText(fleet.hooks);
  const content = text === null ? null : parseObject(text);
  if (content === null || numberAt(content, 'version') === null) return NO_STATES;
  return (await readJson(fleet.hooks, FORMAT)) ?? NO_STATES;
}

/** Written without waiting for the disk: after a power loss no process lives that a state could be about. */
export async function writeHookStates(fleet: FleetPaths, states: HookStates): Promise<void> {
  await writeFileAtomic(fleet.hooks, `${JSON.stringify(states)}\n`, { durable: false });
}

const FORMAT: JsonFormat<HookStates> = { version: 1, what: 'state of the agents', parse: parseStates };

function parseStates(value: unknown): HookStates {
  if (!isObject(value)) return NO_STATES;
  const entries = Object.entries(isObject(value.sessions) ? value.sessions : {});
  const sessions = entries.map(([id, state]): [string, HookState | null] => [id, parseState(state)]);
  return {
    version: 1,
    sessions: recordOf(sessions.filter((entry): entry is [string, HookState] => entry[1] !== null)),
    folded: textsAt(value, 'folded'),
    journal: parseMark(value.journal),
  };
}

function parseMark(value: unknown): JournalMark | null {
  if (!isObject(value)) return null;
  const [file, size] = [textAt(value, 'file'), numberAt(value, 'size')];
  return file !== null && /^\d{6}\.jsonl$/.test(file) && size !== null && Number.isSafeInteger(size) && size >= 0
    ? { file, size }
    : null;
}

function parseState(value: unknown): HookState | null {
  if (!isObject(value)) return null;
  const [turn, last] = [parseTurn(value.turn), parseLast(value.last)];
  if (!turn || !last) return null;
  const open = Array.isArray(value.open) ? value.open.map(parseDialog).filter((dialog) => dialog !== null) : [];
  return {
    conversation: conversationAt(value, 'conversation'),
    model: textAt(value, 'model'),
    permissionMode: textAt(value, 'permissionMode'),
    turn,
    open,
    call: parseCall(value.call),
    lastPrompt: textAt(value, 'lastPrompt'),
    promptedAt: timeAt(value, 'promptedAt'),
    last,
  };
}

const PHASES: readonly Turn['phase'][] = [
  'idle',
  'working',
  'done',
  'background',
  'subagents',
  'error',
  'limited',
  'ended',
];
const DIALOGS: readonly OpenDialog['kind'][] = ['permission', 'question', 'plan-review', 'elicitation', 'notice'];

function parseTurn(value: unknown): Turn | null {
  if (!isObject(value)) return null;
  const phase = PHASES.find((known) => known === value.phase);
  const [since, activeAt, event] = [timeAt(value, 'since'), timeAt(value, 'activeAt'), textAt(value, 'event')];
  if (phase === undefined || since === null || activeAt === null || event === null) return null;
  return { phase, since, detail: textAt(value, 'detail'), event, activeAt, until: timeAt(value, 'until') };
}

function parseDialog(value: unknown): OpenDialog | null {
  if (!isObject(value)) return null;
  const kind = DIALOGS.find((known) => known === value.kind);
  const [key, since, event] = [textAt(value, 'key'), timeAt(value, 'since'), textAt(value, 'event')];
  return kind === undefined || key === null || since === null || event === null
    ? null
    : { kind, key, since, detail: textAt(value, 'detail'), event };
}

function parseCall(value: unknown): ToolCall | null {
  const key = isObject(value) ? textAt(value, 'key') : null;
  return !isObject(value) || key === null
    ? null
    : { key, tool: textAt(value, 'tool'), detail: textAt(value, 'detail') };
}

function parseLast(value: unknown): HookState['last'] | null {
  if (!isObject(value)) return null;
  const [event, time] = [textAt(value, 'event'), timeAt(value, 'time')];
  return event === null || time === null ? null : { event, time };
}
