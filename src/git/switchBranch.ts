import { oneLine } from '../base/text.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { Env } from '../store/paths.ts';
import { refuseBlockedBeside, refuseBlockedIn } from './blockedBranch.ts';
import { explainFailure } from './failure.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import type { Mirror } from './mirror.ts';
import { mutateGit } from './run/mutate.ts';
import { restoreRefs } from './restoreRefs.ts';
import { findStartPoint, hasRef } from './startPoint.ts';
import { pastStaleBranches } from './staleBranches.ts';
import { addSubmodules } from './submodules.ts';
import { transportEnvironment } from './transport.ts';

export interface SwitchOptions {
  readonly spec: TreeSpec;
  /** Tree of the pane that `spec.base` names; null when there is none. */
  readonly basePath: string | null;
  /** The repository's mirror, just fetched; null for a worktree, whose repository has its own branches. */
  readonly mirror: Mirror | null;
  readonly checkout: string | null;
  readonly env: Env;
  readonly onLine: (line: string) => void;
  /** Called when the submodules are not all there, with the reason. */
  readonly onLacking?: ((words: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Puts a clean tree on the branch of `spec`: its own of that name, else origin's, else a new one from the base as it is now. Resolves to
 * what is worth saying. git itself refuses to write over files that it does not track, ignored ones included. Throws a UserError.
 */
export async function switchBranch(options: SwitchOptions): Promise<string> {
  const { spec, signal } = options;
  try {
    return (await isOnBranch(spec)) ? `on ${spec.branch} already` : await checkOut(options);
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, { what: `"${spec.path}" could not be put on the branch "${oneLine(spec.branch)}"` });
  }
}

async function isOnBranch({ path, branch }: TreeSpec): Promise<boolean> {
  const place = await readPlace(path);
  if (place.kind !== 'repository') return false;
  const head = await readHeadBranch(place.gitDir);
  return head !== 'unknown' && head.branch === branch;
}

async function checkOut(options: SwitchOptions): Promise<string> {
  const { spec, basePath, mirror, checkout, env, onLine, signal } = options;
  const { path, branch } = spec;
  if (mirror !== null) await fetchBranches(mirror, options);
  onLine(`checking out ${oneLine(branch)}`);
  const common = { cwd: path, env, onLine, signal };
  if (await hasRef(`refs/heads/${branch}`, { tree: path, env })) {
    await mutateGit([...CAREFUL, branch, '--'], common);
    return `${branch}, which exists`;
  }
  await (mirror?.usable === true
    ? refuseBlockedBeside(path, branch, { origins: mirror.branches, env })
    : refuseBlockedIn(path, branch, env));
  const start = await findStartPoint(spec, basePath, { tree: path, checkout, env, signal });
  await mutateGit([...CAREFUL, start.track ? '--track' : '--no-track', '-b', branch, start.ref, '--'], common);
  const submodules = await addSubmodules(path, { env, checkout, onLine, onLacking: options.onLacking, signal });
  return [`${branch} from ${start.text}`, ...(submodules === null ? [] : [submodules])].join('; ');
}

/** What git would otherwise write over without a word: ignored files that the new branch tracks, and commits in submodules. */
const CAREFUL = ['checkout', '--progress', '--no-overwrite-ignore', '--no-recurse-submodules'];

/** From the mirror without network; a source that no mirror can be made of is asked itself. */
async function fetchBranches(mirror: Mirror, { spec, checkout, env, onLine, signal }: SwitchOptions): Promise<void> {
  const place = await readPlace(spec.path);
  if (place.kind !== 'repository' || (await readCommonDir(place.gitDir)) !== place.gitDir) return;
  if (mirror.usable)
    for (const said of await restoreRefs(spec.path, { gitDir: place.gitDir, head: mirror.head, env })) onLine(said);
  const from = mirror.usable ? mirror.path : 'origin';
  const reach = mirror.usable ? env : await transportEnvironment({ checkout, env, asks: false });
  const args = [
    'fetch',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    '--progress',
    '--',
    from,
    '+refs/heads/*:refs/remotes/origin/*',
  ];
  await pastStaleBranches({ tree: spec.path, mirror: mirror.path, env }, () =>
    mutateGit(args, { cwd: spec.path, env: reach, onLine, signal }),
  );
}
