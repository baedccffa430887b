import { ProgramError, UserError } from '../base/errors.ts';
import { withoutCode } from '../base/trouble.ts';
import type { ProvenRef } from '../status/mergeProof.ts';
import { SAMPLES, type TreeRisk } from '../status/treeRisk.ts';
import type { Env } from '../store/paths.ts';
import type { GitPlace } from './run/start.ts';
import { ONLY_TRUE_OBJECTS, quotePath } from './neutralRepository.ts';
import type { RemoteNow } from './remoteNow.ts';

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
  /** For a repository inside a tree: what the tree's remote has. A commit that is there is kept, whatever repository it lies in. */
  readonly outer?: RemoteNow | null | undefined;
  /** True before a deletion: a remote-tracking branch is what was there once, and only what a remote has answered now keeps a commit. */
  readonly onlyAsked: boolean;
  /** Called for each ref whose work is shown to be elsewhere. */
  readonly onProof?: ((proven: ProvenRef) => void) | undefined;
}

/** Where git is asked about a repository, with the remote's objects at hand beside its own: they are read from the mirror, nothing is fetched into it. */
export function gitPlace({
  root,
  gitDir,
  env,
  remote,
  outer,
}: Pick<RiskPlace, 'root' | 'gitDir' | 'env' | 'remote' | 'outer'>): GitPlace {
  const beside = besideObjects({ remote, outer });
  const set = {
    ...ONLY_TRUE_OBJECTS,
    ...(beside.length === 0 ? {} : { GIT_ALTERNATE_OBJECT_DIRECTORIES: beside.map(quotePath).join(':') }),
    // git may be told to find no bare repository by itself (safe.bareRepository).
    ...(root === gitDir ? { GIT_DIR: gitDir } : {}),
  };
  return { cwd: root, env, timeoutMs: PATIENCE_MS, set };
}

/** The folders that hold what the remotes have. */
export function besideObjects({ remote, outer }: Pick<RiskPlace, 'remote' | 'outer'>): readonly string[] {
  return [remote, outer ?? null].flatMap((one) => (one === null ? [] : [one.objects]));
}

/** A large repository on a slow disk. */
const PATIENCE_MS = 120_000;

/** The risks that `read` finds; a question that cannot be answered is one itself. */
export async function orUnknown(
  question: string,
  where: string,
  read: () => Promise<readonly TreeRisk[]>,
): Promise<readonly TreeRisk[]> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ProgramError || error instanceof UserError || (error instanceof Error && 'code' in error)) {
      return [{ kind: 'unknown', where, name: question, count: 1, samples: [withoutCode(error)] }];
    }
    throw error;
  }
}

/** A risk made of a list; none when it is empty. */
export function riskOf(
  kind: TreeRisk['kind'],
  where: string,
  found: readonly string[],
  name: string | null = null,
): readonly TreeRisk[] {
  return found.length === 0 ? [] : [{ kind, where, name, count: found.length, samples: found.slice(0, SAMPLES) }];
}
