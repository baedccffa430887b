import { shellWord } from '../base/shellText.ts';
import { lstat, realpath, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { readInsideProcesses } from '../store/insideProcesses.ts';

/**
 * Removes locks of a git that was killed in `tree`. A git that lives is waited for, a moment; who made a lock is not written anywhere,
 * so one counts as left behind only when no git runs in the tree. Throws a UserError when that cannot be told.
 */
export async function removeStaleLocks(tree: string, locks: readonly string[]): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const present = (await Promise.all(locks.map(async (path) => ((await isThere(path)) ? [path] : [])))).flat();
    if (present.length === 0) return;
    const atWork = await isGitAtWork(tree);
    if (atWork === false) return removeAll(present);
    if (Date.now() > deadline) {
      throw new UserError(
        `a sync was cut off in "${tree}", and ${atWork === null ? 'whether a git still runs there cannot be told' : 'a git is at work there now'}`,
        {
          hint:
            atWork === null
              ? `when none does: rm ${present.map(shellWord).join(' ')}, then claude-tmux sync`
              : 'run claude-tmux sync again when it has ended',
        },
      );
    }
    await pause(50);
  }
}
const PATIENCE_MS = 5_000;

async function removeAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** True when a process named git stands in the tree; null where processes cannot be looked at. */
async function isGitAtWork(tree: string): Promise<boolean | null> {
  try {
    return (await readInsideProcesses(await realpath(tree))).some(({ name }) => /^git\b/.test(name));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
