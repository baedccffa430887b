import { lstat, readlink } from 'node:fs/promises';
import { hasCode } from '../store/file.ts';
import { readLargeFile } from '../store/regularFile.ts';

/** What git stores of a path in a work tree. */
export interface WorkFile {
  readonly isLink: boolean;
  /** The file's content; of a link the path it leads to, as the file system has it. */
  readonly bytes: Buffer;
}

/** Null for what is gone, and for what git stores nothing of (a folder, a FIFO, a socket). A link is not followed. */
export async function readWorkFile(path: string): Promise<WorkFile | null> {
  try {
    const facts = await lstat(path);
    if (facts.isSymbolicLink()) return { isLink: true, bytes: await readlink(path, { encoding: 'buffer' }) };
    return facts.isFile() ? { isLink: false, bytes: await readLargeFile(path) } : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
