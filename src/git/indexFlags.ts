import { join } from 'node:path';
import { hasCode } from '../store/file.ts';
import { readLargeFile } from '../store/regularFile.ts';

/**
 * True when no entry of the index is marked `assume-unchanged` or `skip-worktree`, told by the file alone (gitformat-index): a process less
 * for each tree. False when one is, and wherever the file says it in another way (versions 3 and 4, a split or sparse index): git knows then.
 */
export async function isUnmarked(gitDir: string, idBytes: number): Promise<boolean> {
  try {
    return scan(await readLargeFile(join(gitDir, 'index')), idBytes);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || error instanceof RangeError) return false;
    throw error;
  }
}

/** Bytes of an entry before its id: times, device, inode, mode, owner, size. */
const STAT_BYTES = 40;
/** The first bit of an entry's flags is `assume-unchanged`; the second announces more flags, which version 2 does not have. */
const MARKS = 0xc000;

function scan(index: Buffer, idBytes: number): boolean {
  if (index.toString('latin1', 0, 4) !== 'DIRC' || index.readUInt32BE(4) !== 2) return false;
  let at = 12;
  for (let left = index.readUInt32BE(8); left > 0; left--) {
    const name = at + STAT_BYTES + idBytes + 2;
    if ((index.readUInt16BE(name - 2) & MARKS) !== 0) return false;
    const end = index.indexOf(0, name);
    if (end === -1) return false;
    // At least one NUL, up to a multiple of eight.
    at += (end - at + 8) & ~7;
  }
  return hasOnlyPlainExtensions(index, at, idBytes);
}

/** Names in lower case change what the entries mean (`link`: there are more elsewhere); others may be passed over. */
function hasOnlyPlainExtensions(index: Buffer, start: number, idBytes: number): boolean {
  for (let at = start; at < index.length - idBytes; at += 8 + index.readUInt32BE(at + 4)) {
    if (!/^[A-Z]/.test(index.toString('latin1', at, at + 1))) return false;
  }
  return true;
}
