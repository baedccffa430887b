import { createHash } from 'node:crypto';
import { readSync, type Stats } from 'node:fs';
import { withOpened } from './regularFile.ts';

export interface FileHash {
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly hash: string;
}

/** What of a larger file is hashed, besides its size: a script is never that long, and an archive must not hold up the start. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Size and hash of a regular file, links followed; null for anything else, and where nothing can be read. Never blocks on a FIFO. */
export function hashFile(path: string): FileHash | null {
  try {
    return withOpened(path, hashOpened);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

function hashOpened(file: number, facts: Stats): FileHash | null {
  if (!facts.isFile()) return null;
  const hash = createHash('sha256').update(`${facts.size}\0`);
  const buffer = Buffer.alloc(Math.min(facts.size + 1, 1024 * 1024));
  for (let at = 0; at < MOST_BYTES;) {
    const read = readSync(file, buffer, 0, buffer.length, null);
    if (read === 0) break;
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  return { bytes: facts.size, hash: hash.digest('hex') };
}
