import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from './file.ts';
import type { StorePaths } from './paths.ts';

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
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
