import { UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './git.ts';

/** Throws a UserError when git is too old for sync: it cannot hold refs while files move (2.27), or would overwrite FETCH_HEAD (2.29). */
export async function refuseOldGit(env: Env): Promise<void> {
  const text = await readGit(['version'], { cwd: '/', env });
  const found = isAtLeast(text, [2, 29]);
  if (!found) throw new UserError(`sync needs git 2.29 or newer; this is ${text.trim()}`, { hint: 'update git, or run git pull --rebase in the clones' });
}

/** `git version 2.39.5 (Apple Git-154)`; what cannot be read is taken for new. */
function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, a, b] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (a === undefined || b === undefined) return true;
  return Number(a) > major || (Number(a) === major && Number(b) >= minor);
}
