import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { describeBytes } from '../base/bytes.ts';

/**
 * The reader of files: everything passes here that others may have put in place (state, git's files, layouts, Claude's files), and a test forbids
 * to go around it. Opening never waits (a FIFO would hold a plain read for ever, and no signal is heard meanwhile), what is no regular file and
 * what is larger than its kind can be is not read.
 */
export interface RegularFile {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** The most bytes that a file of a kind is read with. */
export const MOST = {
  /** Pids, ids, marks, locks, an event of a hook. */
  mark: 1024 * 1024,
  /** Records, states, journals, registries, configurations, git's small files. */
  state: 64 * 1024 * 1024,
  /** Packs, indexes and files of a clone: what one buffer holds. */
  content: 2 ** 31 - 1,
} as const;

/** A small file as it was when it was opened; null for what is no regular file. Throws UserError for a larger one, Node's error when it is gone or cannot be read. */
export function readRegularFile(path: string, most: number = MOST.state): RegularFile | null {
  return withOpened(path, (file, facts) =>
    facts.isFile() ? { text: readAll(file, { path, facts, most }).toString('utf8'), mtimeMs: facts.mtimeMs } : null,
  );
}

/** The text of a file. Throws UserError for what is no regular file or larger than `most` bytes, Node's error when it is gone or cannot be read. */
export function readTextFile(path: string, most: number = MOST.state): string {
  return readBytes(path, most).toString('utf8');
}

/** The same, its bytes. */
export function readBytes(path: string, most: number = MOST.state): Buffer {
  return withRegularFile(path, (file, facts) => readAll(file, { path, facts, most }));
}

/** The bytes of a file that may be large: signals are heard meanwhile. Throws as `readBytes`. */
export async function readLargeFile(path: string, most: number = MOST.content): Promise<Buffer> {
  const file = await open(path, OPENING);
  try {
    const facts = await file.stat();
    refuseOther(path, facts);
    refuseLarge(path, facts.size, most);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Runs `read` on an opened regular file. Throws UserError for anything else, Node's error when it is gone or cannot be opened. */
export function withRegularFile<T>(path: string, read: (file: number, facts: Stats) => T): T {
  return withOpened(path, (file, facts) => {
    refuseOther(path, facts);
    return read(file, facts);
  });
}

/** Without a wait for a FIFO's other end, and without becoming the terminal's. */
const OPENING = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Runs `read` on what was opened, whatever it is: for who looks at it in another way. */
export function withOpened<T>(path: string, read: (file: number, facts: Stats) => T): T {
  const file = openSync(path, OPENING);
  try {
    return read(file, fstatSync(file));
  } finally {
    closeSync(file);
  }
}

interface Reading {
  readonly path: string;
  readonly facts: Stats;
  readonly most: number;
}

const PART = 64 * 1024;

/** Never more than `most`, whatever is written to it meanwhile; files that name no size (of /proc) are read to their end. */
function readAll(file: number, { path, facts, most }: Reading): Buffer {
  refuseLarge(path, facts.size, most);
  const parts: Buffer[] = [];
  for (let length = 0; ;) {
    const part = Buffer.allocUnsafe(Math.max(PART, facts.size + 1 - length));
    const count = readSync(file, part, 0, part.length, null);
    if (count === 0) return parts.length === 1 ? (parts[0] ?? part) : Buffer.concat(parts, length);
    parts.push(part.subarray(0, count));
    length += count;
    refuseLarge(path, length, most);
  }
}

function refuseLarge(path: string, size: number, most: number): void {
  if (size > most)
    throw new UserError(`the file "${path}" has more than ${describeBytes(most)}, which is more than it can need`, {
      hint: MOVE,
    });
}

function refuseOther(path: string, facts: Stats): void {
  if (!facts.isFile()) throw new UserError(`"${path}" is ${kindOf(facts)}, and a file is needed there`, { hint: MOVE });
}

const MOVE = 'see what it is with: ls -lL; move it away and run the command again';

function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return 'a folder';
  if (facts.isFIFO()) return 'a FIFO (named pipe)';
  return facts.isCharacterDevice() || facts.isBlockDevice() ? 'a device' : 'no regular file';
}
