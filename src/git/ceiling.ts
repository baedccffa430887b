import { lstatSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Env } from '../store/paths.ts';

/**
 * `env` for a git that acts in `cwd`: where that holds a `.git`, git may not climb above it. A `.git` that git does not accept (a HEAD
 * that a full disk cut short) is no repository to it, and it would take the next one above, a home folder kept in git, for the clone
 * (git 2.39). A subfolder, which has no `.git`, still leads to its repository.
 */
export function belowCeiling(cwd: string, env: Env): Env {
  const real = realRoot(cwd);
  if (real === null) return env;
  // git compares with the folder it finds itself in, links resolved; what the user has set holds as well.
  const ceilings = [dirname(real), ...(env.GIT_CEILING_DIRECTORIES ? [env.GIT_CEILING_DIRECTORIES] : [])];
  return { ...env, GIT_CEILING_DIRECTORIES: ceilings.join(delimiter) };
}

/** The folder with its links resolved; null when it holds no `.git`, or cannot be looked at. */
function realRoot(cwd: string): string | null {
  try {
    return lstatSync(join(cwd, '.git'), { throwIfNoEntry: false }) === undefined ? null : realpathSync.native(cwd);
  } catch {
    return null;
  }
}
