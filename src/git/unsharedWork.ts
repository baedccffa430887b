import type { CheckoutFacts } from '../layout/world.ts';
import type { Env } from '../store/paths.ts';
import { askGit, readGit } from './run/ask.ts';
import { readPorcelain } from './treeStatus.ts';

/** Work in the checkout that its clones will not have. */
export interface UnsharedWork {
  /** Tracked files with changes, staged or not. */
  readonly uncommitted: number;
  /** Untracked files and folders, ignored ones not counted. */
  readonly untracked: number;
  /** Commits of HEAD that no remote-tracking branch has. */
  readonly unpushed: number;
}

/** Clones of a checkout without an origin are made of its own branches: there, only commits on no branch are missing. */
export async function readUnsharedWork(checkout: Pick<CheckoutFacts, 'root' | 'origin'>, env: Env): Promise<UnsharedWork> {
  const place = { cwd: checkout.root, env };
  const [status, head] = await Promise.all([readPorcelain(checkout.root, { env }), askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], place)]);
  const shared = checkout.origin === null ? '--branches' : '--remotes=origin';
  const unpushed = head === null ? '0' : await readGit(['rev-list', '--count', 'HEAD', '--not', shared], place);
  return { uncommitted: status.changes - status.untracked, untracked: status.untracked, unpushed: Number(unpushed) };
}
