import type { Env } from '../store/paths.ts';
import { readCommonDir } from './gitDir.ts';
import type { RefTable } from './refFiles.ts';
import { mutatePlumbText } from './run/mutate.ts';

interface Following {
  readonly gitDir: string;
  /** The tree's refs, with what origin has now. */
  readonly refs: RefTable;
  /** Name of origin's default branch; null when it has none. */
  readonly head: string | null;
  readonly env: Env;
}

const HEAD = 'refs/remotes/origin/HEAD';

/**
 * Lets a clone's `origin/HEAD` lead to the branch that is origin's default now: after a rename there everything that counts without the mirror
 * (status, diff) would count against a branch that is gone. In a worktree that link is the checkout's own, and stays.
 */
export async function followDefault(tree: string, { gitDir, refs, head, env }: Following): Promise<void> {
  const target = `refs/remotes/origin/${head ?? ''}`;
  const now = refs.links.get(HEAD);
  if (now === undefined || now === target || !refs.ids.has(target) || (await readCommonDir(gitDir)) !== gitDir) return;
  await mutatePlumbText(['symbolic-ref', HEAD, target], { cwd: tree, env });
}
