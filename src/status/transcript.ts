import { isObject, numberAt, textAt } from '../base/json.ts';
import { oneLine } from '../base/text.ts';

/** What the end of a transcript tells. Claude Code 2.1.197 writes a JSON object a line and calls the format internal: whatever is not as expected is null. */
export interface TranscriptTail {
  /** The model of the latest answer. */
  readonly model: string | null;
  /** Tokens that the latest request of the conversation itself held: input, cache reads and cache writes. */
  readonly contextTokens: number | null;
  readonly lastPrompt: string | null;
  /** When the user last interrupted a turn (Esc, "No"), in milliseconds since 1970: no hook tells of that. */
  readonly interruptedAt: number | null;
}

/** Reads the last lines of a transcript, newest first; `text` may begin in the middle of a line. Answers of sub-agents are not of the conversation. */
export function parseTranscriptTail(text: string): TranscriptTail {
  let tail: TranscriptTail = { model: null, contextTokens: null, lastPrompt: null, interruptedAt: null };
  for (const line of text.split('\n').reverse()) {
    const entry = parseLine(line);
    if (entry === null) continue;
    tail = { model: tail.model ?? modelOf(entry), contextTokens: tail.contextTokens ?? tokensOf(entry), lastPrompt: tail.lastPrompt ?? promptOf(entry), interruptedAt: tail.interruptedAt ?? interruptOf(entry) };
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
  const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map((key) => numberAt(usage, key) ?? 0);
  const sum = parts.reduce((all, part) => all + part, 0);
  return sum > 0 ? sum : null;
}

/** Claude Code writes `[Request interrupted by user]`, or `… for tool use]`, as a message of the user (2.1.197). */
function interruptOf(entry: Entry): number | null {
  const { message } = entry;
  if (entry['type'] !== 'user' || !isObject(message)) return null;
  const { content } = message;
  const texts = typeof content === 'string' ? [content] : Array.isArray(content) ? content.map((part: unknown) => (isObject(part) ? textAt(part, 'text') : null)) : [];
  const time = Date.parse(textAt(entry, 'timestamp') ?? '');
  return texts.some((text) => text?.startsWith('[Request interrupted by user') === true) && Number.isFinite(time) ? time : null;
}

function promptOf(entry: Entry): string | null {
  const prompt = entry['type'] === 'last-prompt' ? textAt(entry, 'lastPrompt') : null;
  return prompt === null ? null : oneLine(prompt).slice(0, 200);
}
