import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { askGit } from './run/ask.ts';
import { readCommonDir } from './gitDir.ts';
import { mutateGit, type MutateOptions } from './run/mutate.ts';

interface Leaving {
  /** The worktree's own folder in the repository it belongs to. */
  readonly gitDir: string;
  /** Its branch, to be deleted too because all its work is merged; null to keep it. */
  readonly mergedBranch: string | null;
  readonly env: Env;
}

/**
 * Takes a worktree whose folder goes out of its repository's list, as `git worktree remove` does; and its branch only as it was looked at.
 * True when the branch is gone too.
 */
export async function forgetWorktree({ gitDir, mergedBranch, env }: Leaving): Promise<boolean> {
  if (basename(dirname(gitDir)) !== 'worktrees') throw new Error(`not a worktree's folder: ${gitDir}`);
  const common = await readCommonDir(gitDir);
  const place = { cwd: common, env };
  const ref = `refs/heads/${mergedBranch ?? ''}`;
  const isOnIt = (await askGit(['--git-dir', gitDir, 'symbolic-ref', '--quiet', 'HEAD'], place))?.trim() === ref;
  const tip = isOnIt ? await askGit(['--git-dir', common, 'rev-parse', '--verify', '--quiet', ref], place) : null;
  await rm(gitDir, { recursive: true, force: true });
  if (tip === null) return false;
  // With the commit it must still be at: a branch that moved meanwhile stays.
  const isGone = await succeeds(['--git-dir', common, 'update-ref', '-d', ref, tip.trim()], place);
  if (isGone)
    await succeeds(['--git-dir', common, 'config', '--remove-section', `branch.${mergedBranch ?? ''}`], place);
  return isGone;
}

async function succeeds(args: readonly string[], place: MutateOptions): Promise<boolean> {
  try {
    await mutateGit(args, place);
    return true;
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return false;
  }
}
