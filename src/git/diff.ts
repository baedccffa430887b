import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './git.ts';

/**
 * Arguments of the git that shows everything a session has changed, uncommitted work included: the work tree against the commit
 * where its branch left `base` (null: origin's HEAD). Own step for the merge base: `git diff --merge-base` came with git 2.30.
 */
export async function diffArgs(path: string, { base, env }: { readonly base: string | null; readonly env: Env }): Promise<readonly string[]> {
  const remote = await readForkPoint(path, `refs/remotes/origin/${base ?? 'HEAD'}`, env);
  const start = remote ?? (base === null ? null : await readForkPoint(path, `refs/heads/${base}`, env));
  if (start === null) throw new UserError(`the clone "${path}" has no commit in common with "${base ?? 'HEAD'}" of origin`, { hint: 'run `git fetch` in it, or compare by hand with `git diff`' });
  return ['-C', path, 'diff', start, '--'];
}

async function readForkPoint(path: string, ref: string, env: Env): Promise<string | null> {
  try {
    return (await readGit(['merge-base', 'HEAD', ref], { cwd: path, env })).trim();
  } catch (error) {
    // 1: no common commit; 128: no such ref.
    if (error instanceof ProgramError && (error.code === 1 || error.code === 128)) return null;
    throw error;
  }
}
