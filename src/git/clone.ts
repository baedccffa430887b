import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { TreeSpec } from '../layout/layout.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readBranches, refuseBlocked } from './blockedBranch.ts';
import { describeCarried, readCarried, writeCarried } from './carried.ts';
import { explainFailure, orDiskFull, type Attempt } from './failure.ts';
import { readPlace } from './gitDir.ts';
import { settleIndex } from './freshIndex.ts';
import { fetchLargeFiles } from './largeFiles.ts';
import { carryLocalSettings } from './localSettings.ts';
import { writeMarker } from './marker.ts';
import type { Mirror } from './mirror.ts';
import { describeMissingHooks } from './missingHooks.ts';
import { linkFrom, removeDamaged } from './cloneSource.ts';
import { makePartial, removePartial } from './partial.ts';
import { readRefTable } from './refFiles.ts';
import { redact } from './remoteUrl.ts';
import { refuseHalfMade } from './refuseHalfMade.ts';
import { noteCarriedOver } from './run/carriedOver.ts';
import type { ConfigEntry } from './run/environment.ts';
import { mutateGit } from './run/mutate.ts';
import { findStartPoint, type StartPoint } from './startPoint.ts';
import { addSubmodules } from './submodules.ts';
import { transportEnvironment } from './transport.ts';
import { readTree } from './tree.ts';
import { noteLackingWork } from './workMark.ts';

export interface CloneOptions {
  readonly mirror: Mirror;
  readonly spec: TreeSpec;
  /** Tree of the pane that `spec.base` names; null when there is none. */
  readonly basePath: string | null;
  /** Root of the checkout whose identity is carried over; null outside any. */
  readonly checkout: string | null;
  /** True where the tree is to get the checkout's work, which it lacks until then. */
  readonly getsWork?: boolean;
  /** Files of the checkout that hold the user's own settings for Claude, relative: those the clone is to have too. */
  readonly localSettings?: readonly string[];
  readonly env: Env;
  readonly onLine: (line: string) => void;
  /** Called when the submodules are not all there, with the reason. */
  readonly onLacking?: ((words: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CloneReport {
  /** False when the tree stood there by the time this one was finished: it is used as it is. */
  readonly made: boolean;
  readonly branch: string;
  /** Where the branch starts, for people: `origin/main`. */
  readonly start: string;
  /** Taken over from the checkout, for people: `user.email = me@example.com`, or the name of a file. */
  readonly carried: readonly string[];
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Makes the clone of `spec` beside its place and moves it there when it is whole, so that a clone that was cut off never looks like one.
 * It needs the mirror no longer: files are hard links or copies, `origin` is the real URL. Throws a UserError; leaves nothing then.
 */
export async function makeClone(options: CloneOptions): Promise<CloneReport> {
  const { mirror, signal } = options;
  try {
    return await makeFrom(mirror, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ProgramError) || !(await removeDamaged(mirror, options)))
      throw explainFailure(error, attempt(options));
  }
  try {
    const report = await makeFrom({ ...mirror, usable: false }, options);
    return {
      ...report,
      notes: [
        `the mirror "${mirror.path}" was damaged and is removed; the clone came from the repository itself`,
        ...report.notes,
      ],
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, attempt(options));
  }
}

async function makeFrom(mirror: Mirror, options: CloneOptions): Promise<CloneReport> {
  const { spec } = options;
  const partial = await makePartial(spec.path);
  try {
    const built = await build(partial.tree, { ...options, mirror });
    await noteCarriedOver(join(spec.path, '.git'), {
      made: join(partial.tree, '.git'),
      settings: built.settings,
      env: options.env,
    });
    return {
      start: built.start,
      carried: built.carried,
      notes: built.notes,
      branch: spec.branch,
      made: await moveInto(partial.tree, options),
    };
  } catch (error) {
    throw await orDiskFull(error, partial.folder, attempt(options));
  } finally {
    await removePartial(partial);
  }
}

function attempt({ mirror, spec }: CloneOptions): Attempt {
  return { what: `the clone "${spec.path}" of "${redact(mirror.repo)}" could not be made` };
}

async function build(
  tree: string,
  options: CloneOptions,
): Promise<Pick<CloneReport, 'start' | 'carried' | 'notes'> & { readonly settings: readonly ConfigEntry[] }> {
  const { mirror, spec, basePath, checkout, onLine, signal } = options;
  const env = await transportEnvironment({ checkout, env: options.env, asks: false });
  const gitDir = join(tree, '.git');
  if (mirror.usable) refuseBlocked(spec.branch, mirror.branches);
  await linkFrom(mirror, tree, { env, onLine, signal });
  if (!mirror.usable) refuseBlocked(spec.branch, (await readBranches(tree, env)).origins);
  await mutateGit(['remote', 'set-url', '--', 'origin', mirror.repo], { cwd: tree, env, signal });
  if (mirror.head === 'HEAD') await nameHead(tree, { mirror, env, signal });
  const carried = await readCarried(tree, { checkout, repo: mirror.repo, env: options.env });
  await writeCarried(gitDir, carried.before);
  const start = await findStartPoint(spec, basePath, { tree, checkout, env, signal });
  await fetchLargeFiles(tree, { mirror, ref: start.ref, env, onLine, signal });
  await checkOut(tree, { spec, start, env, onLine, signal });
  const submodules = await addSubmodules(tree, { env, checkout: null, onLine, onLacking: options.onLacking, signal });
  await settleIndex(tree, gitDir, { env, signal });
  await refuseHalfMade(tree, env);
  await writeCarried(gitDir, carried.after);
  const hooks = await describeMissingHooks(tree, { checkout: carried.from, env: options.env });
  const settings = await carryLocalSettings(tree, { names: options.localSettings ?? [], checkout, env: options.env });
  if (options.getsWork === true) await noteLackingWork(gitDir);
  await writeMarker(gitDir, { repo: mirror.repo, setup: needsSetup(spec) ? 'pending' : 'done' });
  return {
    settings: [...carried.before, ...carried.after],
    start: start.text,
    carried: [...describeCarried([...carried.before, ...carried.after]), ...settings.carried],
    notes: [submodules, hooks, ...settings.notes].filter((one) => one !== null),
  };
}

/** git writes `origin/HEAD` as a link to the remote's default branch; where that is called HEAD the link leads to itself (git 2.39), and it becomes the branch. */
async function nameHead(
  tree: string,
  { mirror, env, signal }: { readonly mirror: Mirror; readonly env: Env; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const place = await readPlace(mirror.path);
  const commit = (await readRefTable(place.kind === 'repository' ? place.gitDir : mirror.path, env)).ids.get(
    'refs/heads/HEAD',
  );
  if (commit === undefined) return;
  await rm(join(tree, '.git', 'refs', 'remotes', 'origin', 'HEAD'), { force: true });
  await mutateGit(['update-ref', 'refs/remotes/origin/HEAD', commit], { cwd: tree, env, signal });
}

/** `-B`: the remote's default branch already exists in a new clone. */
async function checkOut(
  tree: string,
  how: {
    readonly spec: TreeSpec;
    readonly start: StartPoint;
    readonly env: Env;
    readonly onLine: (line: string) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  const { spec, start, env, onLine, signal } = how;
  onLine(`checking out ${oneLine(spec.branch)}`);
  const args = ['checkout', '--progress', start.track ? '--track' : '--no-track', '-B', spec.branch, start.ref, '--'];
  await mutateGit(args, { cwd: tree, env, onLine, signal });
}

/** True when something remains to be done in a new tree before it is ready: copies, links, setup commands. */
export function needsSetup(spec: TreeSpec): boolean {
  return spec.setup.length + spec.include.length + spec.link.length > 0;
}

/** One rename; an empty folder in the place is replaced. False when a clone of the same repository has come to stand there. */
async function moveInto(tree: string, { spec, env }: CloneOptions): Promise<boolean> {
  try {
    await rename(tree, spec.path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST') && !hasCode(error, 'ENOTDIR')) throw error;
  }
  const state = await readTree(spec.path, { repo: spec.repo, env });
  if (state.kind === 'ready') return false;
  const why = state.kind === 'foreign' ? state.why : `cannot be replaced (see ${dirname(spec.path)})`;
  throw new UserError(`the folder "${spec.path}" ${why}`, { hint: 'move it away, or give the pane another `id`' });
}
