import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Files that git opens itself: a FIFO in the place of one is waited for without an end. */
const OPENED = ['HEAD', 'config', 'index', 'packed-refs'];

/** For a git that gave no answer: names what stands in the place of one of its files, as the end of a sentence; empty for nothing. */
export function describeOddFiles(tree: string): string {
  const odd = [join(tree, '.git'), tree].flatMap((folder) => OPENED.map((name) => join(folder, name))).find(isOdd);
  return odd === undefined ? '' : `; "${odd}" is no regular file: move it away`;
}

function isOdd(path: string): boolean {
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    return facts !== undefined && !facts.isFile() && !facts.isDirectory();
  } catch {
    return false;
  }
}
