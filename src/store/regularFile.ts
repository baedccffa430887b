import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/** A small file as it was when it was opened. */
export interface RegularFile {
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/**
 * Reads a file that somebody else left in a folder; null for what is no regular file. A FIFO would hold a plain read for ever, so
 * nothing is waited for. Throws Node's error when it is gone or cannot be read.
 */
export function readRegularFile(path: string): RegularFile | null {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(file);
    return facts.isFile() ? { text: readFileSync(file, 'utf8'), mtimeMs: facts.mtimeMs } : null;
  } finally {
    closeSync(file);
  }
}
