import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, parseObject } from './file.ts';

/** One event left by the hook: a file named `EVENT.PANE.PPID.PID`, its time is the event's. */
export interface InboxEvent {
  readonly file: string;
  /** `SessionStart`; a name that this version does not know is passed on. */
  readonly event: string;
  /** `%12`; null for an event from outside tmux. */
  readonly pane: string | null;
  /** Claude's pid: hooks run without a shell in between. */
  readonly claudePid: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly sessionId: string | null;
  /** The hook's JSON; null when it was cut at the size cap. */
  readonly content: Readonly<Record<string, unknown>> | null;
}

/** All events, oldest first. Files that are something else, or are gone by now, are passed over. */
export async function readInbox(path: string): Promise<readonly InboxEvent[]> {
  const names = await unlessGone(readdir(path));
  const events = await Promise.all((names ?? []).map((name) => readEvent(path, name)));
  return events.filter((event) => event !== null).sort((a, b) => a.time - b.time || a.file.localeCompare(b.file));
}

async function readEvent(folder: string, name: string): Promise<InboxEvent | null> {
  const match = /^([A-Za-z]+)\.(%\d+|-)\.(\d+)\.\d+$/.exec(name);
  if (!match) return null;
  const [, event = '', pane = '', parent = ''] = match;
  const file = join(folder, name);
  const [text, facts] = [await unlessGone(readFile(file, 'utf8')), await unlessGone(stat(file))];
  if (text === null || facts === null) return null;
  const sessionId = /"session_id"\s*:\s*"([A-Za-z0-9-]+)"/.exec(text.slice(0, 200))?.[1] ?? null;
  return { file, event, pane: pane === '-' ? null : pane, claudePid: Number(parent), time: facts.mtimeMs, sessionId, content: parseObject(text) };
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}
