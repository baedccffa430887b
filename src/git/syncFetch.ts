import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { describeDamage, findDamage } from './damage.ts';
import { explainFailure } from './failure.ts';
import { readPlace } from './gitDir.ts';
import type { Mirror } from './mirror.ts';
import { withMirrorHeld } from './mirrorHold.ts';
import { findNews, takeNews, type News } from './mirrorNews.ts';
import { readRefTable, type RefTable } from './refFiles.ts';
import { localPath, redact } from './remoteUrl.ts';
import { restoreRefs } from './restoreRefs.ts';
import { mutateGit } from './run/mutate.ts';
import { runGitOnTerminal } from './run/terminal.ts';
import { pastStaleBranches } from './staleBranches.ts';
import { removeStaleLocks } from './staleLocks.ts';
import { transportEnvironment } from './transport.ts';

/** A `gc` that starts in the background would hold locks the agent's git needs. */
export const NO_GC = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

/**
 * As `git fetch origin`, less FETCH_HEAD (the agent's own `git pull` may be reading it; git 2.29) and pruning (a branch that is gone on
 * origin may be the last to lead to a commit).
 */
const FETCH = [...NO_GC, 'fetch', '--no-write-fetch-head', '--no-prune', '--no-recurse-submodules'];

export interface MirrorFetch {
  readonly gitDir: string;
  readonly env: Env;
  readonly news: News;
  /** Called with a sentence for each remote-tracking ref that was damaged and is restored. */
  readonly onRestored?: (said: string) => void;
}

/**
 * Brings origin's branches from the mirror into a clone's remote-tracking ones, without network, and tells the refs that the clone has then.
 * One that has all of it costs no process. A lock that a killed fetch left is removed. Throws ProgramError.
 */
export async function fetchFromMirror(
  tree: string,
  mirror: Mirror,
  { gitDir, env, news, onRestored }: MirrorFetch,
): Promise<RefTable> {
  for (const said of await restoreRefs(tree, { gitDir, head: mirror.head, env })) onRestored?.(said);
  const [refs, theirs] = await Promise.all([readRefTable(gitDir, env), readRefTable(mirror.path, env)]);
  const found = findNews({ refs, theirs });
  if (found.length === 0) return refs;
  await withMirrorHeld(
    mirror.path,
    () => undefined,
    async () => {
      if (!(await takeNews(found, { tree, gitDir, refs, theirs, mirror: mirror.path, env }, news)))
        await fetchTree(tree, mirror, env);
    },
  );
  return readRefTable(gitDir, env);
}

async function fetchTree(tree: string, mirror: Mirror, env: Env): Promise<void> {
  const args = [...FETCH, '--quiet', '--', mirror.path, '+refs/heads/*:refs/remotes/origin/*'];
  const fetch = (): Promise<string> =>
    pastStaleBranches({ tree, mirror: mirror.path, env }, () => mutateGit(args, { cwd: tree, env }));
  try {
    await fetch();
  } catch (error) {
    const lock =
      error instanceof ProgramError
        ? /Unable to create '(\/.+\/refs\/remotes\/.+\.lock)': File exists/.exec(error.stderr)?.[1]
        : undefined;
    if (lock === undefined) throw error;
    await removeStaleLocks(tree, [lock]);
    await fetch();
  }
}

export interface OriginFetch {
  readonly url: string;
  readonly env: Env;
  /** True lets the fetch ask on the terminal; nothing else may draw there meanwhile. */
  readonly terminal: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Fetches over the network into the tree itself: a worktree, or a clone of what no mirror can be made of. Throws a UserError. */
export async function fetchOrigin(tree: string, { url, env, terminal, signal }: OriginFetch): Promise<void> {
  const asks = terminal && localPath(url) === null;
  await refuseDamage(tree);
  const reach = await transportEnvironment({ checkout: null, env, asks });
  try {
    if (asks) await runGitOnTerminal([...FETCH, 'origin'], { cwd: tree, env: reach, signal });
    else await mutateGit([...FETCH, '--progress', 'origin'], { cwd: tree, env: reach, signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, {
      what: `the repository "${redact(url)}" could not be fetched`,
      hint: 'check the address and your access',
    });
  }
}

/** The tree may be the user's own checkout (worktrees): what is damaged there is reported and left. */
async function refuseDamage(tree: string): Promise<void> {
  const place = await readPlace(tree);
  const [damage] = place.kind === 'repository' ? await findDamage(tree, place.gitDir) : [];
  if (damage !== undefined)
    throw new UserError(`"${tree}" cannot be fetched into: ${describeDamage(damage)}`, {
      hint: `to repair: ${damage.repair}`,
    });
}
