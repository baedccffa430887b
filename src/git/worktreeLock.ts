import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readText, writeFileAtomic } from '../store/file.ts';

/** Our word in a worktree's `locked` file: `git worktree prune` in the checkout leaves it alone meanwhile. */
const LOCK = 'closed by claude-tmux; `claude-tmux undo` brings it back\n';

export async function lockWorktree(gitDir: string): Promise<void> {
  await writeFileAtomic(join(gitDir, 'locked'), LOCK, { mode: 0o644 });
}

/** Takes our lock off, and nobody else's. */
export async function unlockWorktree(gitDir: string): Promise<void> {
  if ((await readText(join(gitDir, 'locked'))) === LOCK) await rm(join(gitDir, 'locked'), { force: true });
}

/** True when the user has locked this worktree: git does not move such a one either. */
export async function isLockedByUser(gitDir: string): Promise<boolean> {
  const text = await readText(join(gitDir, 'locked'));
  return text !== null && text !== LOCK;
}
