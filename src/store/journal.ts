import { appendFile, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, numberAt, textAt } from '../base/json.ts';
import { hasCode, makeFolder, parseObject } from './file.ts';
import { readRegularFile } from './regularFile.ts';

/** One line of the journal: what statistics are made of. It holds no input or output of tools. */
export interface JournalEntry {
  readonly v: 1;
  /** Milliseconds since 1970. */
  readonly t: number;
  /** Id of the fleet's session. */
  readonly session: string;
  readonly conversation: string | null;
  /** Set for an event of a sub-agent. */
  readonly agent: string | null;
  readonly event: string;
  readonly kind: string | null;
  readonly tool: string | null;
  /** State by the hooks before and after; null when the event changed none. */
  readonly from: string | null;
  readonly to: string | null;
  /** At most 200 characters on one line. */
  readonly detail: string | null;
}

/** How far the journal was written: a file of its folder and bytes of it. */
export interface JournalMark {
  readonly file: string;
  readonly size: number;
}

export interface JournalLimits {
  /** Bytes after which another file is begun. */
  readonly fileSize: number;
  /** Files kept; the oldest go. */
  readonly files: number;
}

const LIMITS: JournalLimits = { fileSize: 1024 * 1024, files: 32 };

/** A mark behind all there is: another file, for the last line of the newest may be torn. */
export async function endOfJournal(folder: string): Promise<JournalMark> {
  const newest = (await listFiles(folder)).at(-1);
  return { file: newest === undefined ? FIRST : nameAfter(newest), size: 0 };
}

/**
 * Appends entries behind `mark` and resolves to the new mark. What stands behind the mark already was written by somebody who was ended
 * before he could note it, and is written again: it is cut off.
 */
export async function appendJournal(
  folder: string,
  entries: readonly JournalEntry[],
  { mark, limits = LIMITS }: { mark: JournalMark; limits?: JournalLimits },
): Promise<JournalMark> {
  await makeFolder(folder);
  const end = await cutBehind(folder, mark);
  const place = end.size >= limits.fileSize ? { file: nameAfter(end.file), size: 0 } : end;
  const text = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await appendFile(join(folder, place.file), text, { mode: 0o600 });
  await dropOldest(folder, limits.files);
  return { file: place.file, size: place.size + text.length };
}

/** All entries, oldest first. A torn line, and lines of a version this program does not know, are passed over. */
export async function readJournal(folder: string): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const name of await listFiles(folder)) {
    for (const line of readUnlessGone(join(folder, name)).split('\n')) {
      const entry = line === '' ? null : parseEntry(parseObject(line));
      if (entry) entries.push(entry);
    }
  }
  return entries;
}

const FIRST = '000001.jsonl';

function nameAfter(name: string): string {
  return `${String(Number.parseInt(name, 10) + 1).padStart(6, '0')}.jsonl`;
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => /^\d{6}\.jsonl$/.test(name)).sort();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function cutBehind(folder: string, mark: JournalMark): Promise<JournalMark> {
  for (const name of await listFiles(folder)) if (name > mark.file) await rm(join(folder, name), { force: true });
  const path = join(folder, mark.file);
  const size = await sizeOf(path);
  if (size > mark.size) await truncate(path, mark.size);
  return { file: mark.file, size: Math.min(size, mark.size) };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

async function dropOldest(folder: string, most: number): Promise<void> {
  const names = await listFiles(folder);
  for (const name of names.slice(0, Math.max(0, names.length - most))) await rm(join(folder, name), { force: true });
}

/** Rotation may delete a file between the listing and the reading. */
function readUnlessGone(path: string): string {
  try {
    return readRegularFile(path)?.text ?? '';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function parseEntry(value: unknown): JournalEntry | null {
  if (!isObject(value) || value.v !== 1) return null;
  const [t, session, event] = [numberAt(value, 't'), textAt(value, 'session'), textAt(value, 'event')];
  if (t === null || session === null || event === null) return null;
  const text = (key: string): string | null => textAt(value, key);
  return {
    v: 1,
    t,
    session,
    conversation: text('conversation'),
    agent: text('agent'),
    event,
    kind: text('kind'),
    tool: text('tool'),
    from: text('from'),
    to: text('to'),
    detail: text('detail'),
  };
}
