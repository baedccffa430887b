import { UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './git.ts';

/**
 * True when git merges without a work tree (`merge-tree --write-tree`, 2.38). Throws a UserError when it is too old for any sync: it cannot
 * hold refs while files move (2.27), or would overwrite FETCH_HEAD (2.29).
 */
export async function canMergeTrees(env: Env): Promise<boolean> {
  const text = await readGit(['version'], { cwd: '/', env });
  if (!isAtLeast(text, [2, 29])) throw new UserError(`sync needs git 2.29 or newer; this is ${text.trim()}`, { hint: 'update git, or run git pull --rebase in the clones' });
  return isAtLeast(text, [2, 38]);
}

/** `git version 2.39.5 (Apple Git-154)`; what cannot be read is taken for new. */
function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, a, b] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (a === undefined || b === undefined) return true;
  return Number(a) > major || (Number(a) === major && Number(b) >= minor);
}
