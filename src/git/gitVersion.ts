import { UserError } from '../base/errors.ts';
import { installHint } from '../base/installHint.ts';
import { isAtLeast } from '../base/version.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './run/ask.ts';

/**
 * True when git merges without a work tree (`merge-tree --write-tree`, 2.38). Throws a UserError when it is too old for any sync: it cannot
 * hold refs while files move (2.27), or would overwrite FETCH_HEAD (2.29).
 */
export async function canMergeTrees(env: Env): Promise<boolean> {
  const text = await readGitVersion(env);
  if (!isAtLeast(text, [2, 29])) throw new UserError(`sync needs git 2.29 or newer; this is ${text}`, { hint: 'update git, or run git pull --rebase in the clones' });
  return isAtLeast(text, [2, 38]);
}

/** Throws a UserError for a git with which no tree can be made: asked only when one is to be. */
export async function refuseOldGit(env: Env): Promise<void> {
  const text = await readGitVersion(env);
  if (!isAtLeast(text, [2, 25])) throw new UserError(`${text} is too old; claude-tmux needs 2.25 or newer`, { hint: installHint('git', process.platform) });
}

/** `git version 2.39.5`. */
export async function readGitVersion(env: Env): Promise<string> {
  return (await readGit(['version'], { cwd: '/', env })).trim();
}
