import { isObject, isTime, numberAt, textAt } from '../base/json.ts';
import { oneLine } from '../base/text.ts';
import { shorten, withoutPasteTags } from './promptText.ts';

/** What the end of a transcript tells. Claude Code 2.1.197 writes a JSON object a line and calls the format internal: whatever is not as expected is null. */
export interface TranscriptTail {
  /** The model of the latest answer. */
  readonly model: string | null;
  /** Tokens that the latest request of the conversation itself held: input, cache reads and cache writes. */
  readonly contextTokens: number | null;
  readonly lastPrompt: string | null;
  /** When the user last interrupted a turn (Esc, "No"), in milliseconds since 1970: no hook tells of that. */
  readonly interruptedAt: number | null;
  /** The usage limit that ended the latest turn, where nothing has been said since; null for none, and where Claude Code does not write it (2.1.197). */
  readonly limit: NotedLimit | null;
}

export interface NotedLimit {
  /** When it was met, and when it ends (null where that is not said); milliseconds since 1970. */
  readonly at: number;
  readonly until: number | null;
  /** Claude's words. */
  readonly detail: string | null;
}

/** Reads the last lines of a transcript, newest first; `text` may begin in the middle of a line. Answers of sub-agents are not of the conversation. */
export function parseTranscriptTail(text: string): TranscriptTail {
  let tail: TranscriptTail = { model: null, contextTokens: null, lastPrompt: null, interruptedAt: null, limit: null };
  let isLatest = true;
  for (const line of text.split('\n').reverse()) {
    const entry = parseLine(line);
    if (entry === null) continue;
    tail = {
      model: tail.model ?? modelOf(entry),
      contextTokens: tail.contextTokens ?? tokensOf(entry),
      lastPrompt: tail.lastPrompt ?? promptOf(entry),
      interruptedAt: tail.interruptedAt ?? interruptOf(entry),
      limit: tail.limit ?? (isLatest ? limitOf(entry) : null),
    };
    isLatest &&= entry['type'] !== 'user' && entry['type'] !== 'assistant';
  }
  return tail;
}

type Entry = Readonly<Record<string, unknown>>;

/** Context windows in tokens; a model's name says when it is the larger one (`claude-opus-4-8[1m]`). */
const WINDOW = 200_000;
const LARGE_WINDOW = 1_000_000;

/** How full the context is, in whole percent of the model's window; null without an answer yet. */
export function contextPercent(tokens: number | null, model: string | null): number | null {
  if (tokens === null) return null;
  const window = model?.includes('[1m]') === true || tokens > WINDOW ? LARGE_WINDOW : WINDOW;
  return Math.min(100, Math.round((tokens / window) * 100));
}

function parseLine(line: string): Entry | null {
  if (!line.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) && value['isSidechain'] !== true ? value : null;
  } catch {
    // The last line may be half-written.
    return null;
  }
}

function answerOf(entry: Entry): Entry | null {
  const { message } = entry;
  return entry['type'] === 'assistant' && isObject(message) ? message : null;
}

function modelOf(entry: Entry): string | null {
  const answer = answerOf(entry);
  const model = answer === null ? null : textAt(answer, 'model');
  // `<synthetic>` marks text that Claude Code wrote itself, an API error for one.
  return model === '<synthetic>' ? null : model;
}

function tokensOf(entry: Entry): number | null {
  const usage = answerOf(entry)?.['usage'];
  if (!isObject(usage)) return null;
  const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map(
    (key) => numberAt(usage, key) ?? 0,
  );
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum > 0 ? sum : null;
}

/** Claude Code writes `[Request interrupted by user]`, or `… for tool use]`, as a message of the user (2.1.197). */
function interruptOf(entry: Entry): number | null {
  const isInterrupt =
    entry['type'] === 'user' && textsOf(entry).some((text) => text.startsWith('[Request interrupted by user'));
  return isInterrupt ? timeOf(entry) : null;
}

/** Claude Code notes which limit was met and, in seconds since 1970, when it ends (2.1.332). */
function limitOf(entry: Entry): NotedLimit | null {
  const at = timeOf(entry);
  if (entry['type'] !== 'assistant' || entry['apiError'] !== 'usage_limit_reached' || at === null) return null;
  const { quotaLimits } = entry;
  const seconds = isObject(quotaLimits) ? numberAt(quotaLimits, 'resetsAt') : null;
  const until = seconds === null ? null : seconds * 1000;
  return { at, until: until !== null && isTime(until) ? until : null, detail: shorten(textsOf(entry)[0] ?? null) };
}

function textsOf({ message }: Entry): readonly string[] {
  if (!isObject(message)) return [];
  const { content } = message;
  if (typeof content === 'string') return [content];
  return Array.isArray(content)
    ? content.flatMap((part: unknown) => (isObject(part) ? (textAt(part, 'text') ?? []) : []))
    : [];
}

function timeOf(entry: Entry): number | null {
  const time = Date.parse(textAt(entry, 'timestamp') ?? '');
  return Number.isFinite(time) ? time : null;
}

function promptOf(entry: Entry): string | null {
  const prompt = entry['type'] === 'last-prompt' ? textAt(entry, 'lastPrompt') : null;
  return prompt === null ? null : oneLine(withoutPasteTags(prompt)).slice(0, 200);
}
