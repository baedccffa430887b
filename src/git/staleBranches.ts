import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { inMirror } from './mirrorFolder.ts';
import { readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

interface Target {
  readonly tree: string;
  readonly mirror: string;
  readonly env: Env;
}

/**
 * Runs `fetch` into a tree; where remote-tracking branches stand in the way of new ones (`feature` of `feature/x`, or the reverse) that the
 * remote has no more, they are removed, as `git fetch --prune` would, and `fetch` runs again. Others that are gone stay: they may be the
 * last to lead to a commit. Which they are is read from the names: git 2.55 names one of them, and with reftable none.
 */
export async function pastStaleBranches<T>(target: Target, fetch: () => Promise<T>): Promise<T> {
  try {
    return await fetch();
  } catch (error) {
    if (!(error instanceof ProgramError) || !/exists; cannot create|could not be updated/.test(error.stderr))
      throw error;
    const names = await findInTheWay(target);
    if (names.length === 0) throw error;
    for (const name of names)
      await mutateGit(['update-ref', '-d', `refs/remotes/origin/${name}`], { cwd: target.tree, env: target.env });
    return fetch();
  }
}

/** Branches that the tree remembers of the remote, that the remote does not have, and whose place a branch of the remote needs. */
async function findInTheWay({ tree, mirror, env }: Target): Promise<readonly string[]> {
  const [ours, theirs] = await Promise.all([
    readGit(['for-each-ref', '--format=%(refname:lstrip=3)', 'refs/remotes/origin'], { cwd: tree, env }),
    readGit(inMirror(mirror, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads']), { cwd: '/', env }),
  ]);
  const there = new Set(theirs.split('\n').filter((name) => name !== ''));
  const folders = new Set([...there].flatMap(foldersOf));
  const gone = ours.split('\n').filter((name) => name !== '' && name !== 'HEAD' && !there.has(name));
  return gone.filter((name) => folders.has(name) || foldersOf(name).some((folder) => there.has(folder)));
}

/** `a` and `a/b` of `a/b/c`. */
function foldersOf(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
}
