import { join } from 'node:path';
import { writeFileAtomic } from './file.ts';
import type { StorePaths } from './paths.ts';
import { MOST, readTextFile } from './regularFile.ts';

/**
 * Writes down which Node runs this program, for tmux-plugin/program.sh: tmux's PATH often lacks the Node of nvm or fnm. Written only
 * when it is another one than last time; where nothing can be written, the program works all the same.
 */
export async function recordNode(store: StorePaths, node: string): Promise<void> {
  const path = join(store.state, 'node');
  if (readQuietly(path) === node) return;
  try {
    await writeFileAtomic(path, node, { durable: false });
  } catch {
    // The plugin then looks on PATH only.
  }
}

function readQuietly(path: string): string | null {
  try {
    return readTextFile(path, MOST.mark);
  } catch {
    return null;
  }
}
