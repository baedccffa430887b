import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { askGit } from './run/ask.ts';
import { inMirror } from './mirrorFolder.ts';
import { mutateGit } from './run/mutate.ts';

interface Target {
  readonly tree: string;
  readonly mirror: string;
  readonly env: Env;
}

/** A branch in each folder of a name may be in the way once. */
const MOST = 100;

/**
 * Runs `fetch` into a tree; where a remote-tracking branch stands in the way of a new one (`feature` of `feature/x`, or the reverse) that the
 * remote has no more, it is removed, as `git fetch --prune` would, and `fetch` runs again. Others that are gone stay: they may be the
 * last to lead to a commit.
 */
export async function pastStaleBranches<T>(target: Target, fetch: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await fetch();
    } catch (error) {
      const names = error instanceof ProgramError ? inTheWay(error.stderr) : [];
      if (tries === MOST || !(await removeStale(names, target))) throw error;
    }
  }
}

function inTheWay(words: string): readonly string[] {
  return [...words.matchAll(/'refs\/remotes\/origin\/([^']+)' exists; cannot create/g)].map(([, name = '']) => name);
}

async function removeStale(names: readonly string[], { tree, mirror, env }: Target): Promise<boolean> {
  let removed = false;
  for (const name of new Set(names)) {
    const isThere =
      (await askGit(inMirror(mirror, ['rev-parse', '--verify', '--quiet', `refs/heads/${name}`]), {
        cwd: '/',
        env,
      })) !== null;
    if (isThere) continue;
    await mutateGit(['update-ref', '-d', `refs/remotes/origin/${name}`], { cwd: tree, env });
    removed = true;
  }
  return removed;
}
