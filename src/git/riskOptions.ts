import { ProgramError, UserError } from '../base/errors.ts';
import { SAMPLES, type TreeRisk } from '../status/treeRisk.ts';
import type { Env } from '../store/paths.ts';
import { quotePath } from './merged.ts';
import type { RemoteNow } from './remoteNow.ts';
import type { GitPlace } from './run/start.ts';

/** What the questions about one repository (a tree, a submodule, a repository inside) need to know. */
export interface RiskPlace {
  /** Root of the work tree, absolute. */
  readonly root: string;
  readonly gitDir: string;
  /** True for a linked worktree: branches, tags and stashes live in the repository it belongs to, and stay. */
  readonly isWorktree: boolean;
  /** Path within the tree that is looked at, '' for itself. */
  readonly where: string;
  readonly env: Env;
  /** Branch that the work is to be merged into; null for the remote's HEAD. */
  readonly base: string | null;
  /** What the remote has; null judges by the remote-tracking branches alone. */
  readonly remote: RemoteNow | null;
  /** True before a deletion: a remote-tracking branch is what was there once, and only what a remote has answered now keeps a commit. */
  readonly onlyAsked: boolean;
}

/** Where git is asked about a repository, with the remote's objects at hand beside its own: they are read from the mirror, nothing is fetched into it. */
export function gitPlace({ root, env, remote }: Pick<RiskPlace, 'root' | 'env' | 'remote'>): GitPlace {
  const set = remote === null ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: quotePath(remote.objects) };
  return { cwd: root, env, timeoutMs: PATIENCE_MS, set };
}

/** A large repository on a slow disk. */
const PATIENCE_MS = 120_000;

/** The risks that `read` finds; a question that cannot be answered is one itself. */
export async function orUnknown(question: string, where: string, read: () => Promise<readonly TreeRisk[]>): Promise<readonly TreeRisk[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProgramError || error instanceof UserError || (error instanceof Error && 'code' in error)) {
      return [{ kind: 'unknown', where, name: question, count: 1, samples: [error.message] }];
    }
    throw error;
  }
}

/** A risk made of a list; none when it is empty. */
export function riskOf(kind: TreeRisk['kind'], where: string, found: readonly string[], name: string | null = null): readonly TreeRisk[] {
  return found.length === 0 ? [] : [{ kind, where, name, count: found.length, samples: found.slice(0, SAMPLES) }];
}
