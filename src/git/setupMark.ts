import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { readPlace } from './gitDir.ts';

/** The file that a pane's launch file leaves in a tree's git folder when the setup has run well there; null when no repository stands there. */
export async function setupMarkPath(tree: string): Promise<string | null> {
  const place = await readPlace(tree);
  return place.kind === 'repository' ? setupMark(place.gitDir) : null;
}

export async function hasSetupMark(gitDir: string): Promise<boolean> {
  return access(setupMark(gitDir)).then(
    () => true,
    () => false,
  );
}

function setupMark(gitDir: string): string {
  return join(gitDir, 'claude-tmux-setup');
}
