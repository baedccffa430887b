import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../base/errors.ts';
import { pastedFor } from '../base/pasted.ts';
import { closest, oneLine } from '../base/text.ts';
import type { TreeSpec } from '../layout/layout.ts';
import { makeFolders } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { refuseBlockedIn } from './blockedBranch.ts';
import type { CloneReport } from './clone.ts';
import { needsSetup } from './clone.ts';
import { explainFailure, orDiskFull } from './failure.ts';
import { settleIndex } from './freshIndex.ts';
import { readPlace } from './gitDir.ts';
import { carryLocalSettings } from './localSettings.ts';
import { markSetupDone, writeMarker } from './marker.ts';
import { describeMissingHooks } from './missingHooks.ts';
import { refuseHalfMade } from './refuseHalfMade.ts';
import { askGit, readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';
import { hasRef, type StartPoint } from './startPoint.ts';
import { addSubmodules } from './submodules.ts';
import { isHalfMadeWorktree } from './tree.ts';
import { noteLackingWork } from './workMark.ts';

export interface WorktreeOptions {
  readonly spec: TreeSpec;
  /** Root of the checkout whose worktree it becomes. */
  readonly checkout: string;
  /** As for a clone. */
  readonly getsWork?: boolean;
  readonly localSettings?: readonly string[];
  readonly env: Env;
  readonly onLine: (line: string) => void;
  /** Called when the submodules are not all there, with the reason. */
  readonly onLacking?: ((words: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the worktree of `spec`. The branch is the checkout's own of that name, else origin's, else new from the base; nothing is fetched.
 * Throws a UserError, e.g. when the branch is checked out elsewhere; leaves nothing then.
 */
export async function makeWorktree(options: WorktreeOptions): Promise<CloneReport> {
  const { spec, checkout, env, onLine, signal } = options;
  try {
    const isListed = await makeRoom(options);
    await makeFolders(dirname(spec.path));
    await refuseBlockedIn(checkout, spec.branch, env);
    const start = await findStart(options);
    onLine(`checking out ${oneLine(spec.branch)}`);
    // --force only takes the place of a worktree whose folder is gone; the branch was looked for elsewhere before.
    await mutateGit(['worktree', 'add', ...(isListed ? ['--force'] : []), ...start.args], {
      cwd: checkout,
      env,
      onLine,
      signal,
    });
    // At once: an interrupt from here on leaves a tree that is known as ours and not set up.
    const gitDir = await note(options);
    const submodules = await addSubmodules(spec.path, { env, checkout, onLine, onLacking: options.onLacking, signal });
    await settleIndex(spec.path, gitDir, { env, signal });
    await refuseHalfMade(spec.path, env);
    const hooks = await describeMissingHooks(spec.path, { checkout, env });
    const settings = await carryLocalSettings(spec.path, { names: options.localSettings ?? [], checkout, env });
    if (!needsSetup(spec)) await markSetupDone(spec.path);
    return {
      made: true,
      branch: spec.branch,
      start: start.text,
      carried: settings.carried,
      notes: [submodules, hooks, ...settings.notes].filter((one) => one !== null),
    };
  } catch (error) {
    signal?.throwIfAborted();
    const attempt = { what: `the worktree "${spec.path}" of "${checkout}" could not be made` };
    throw explainFailure(await orDiskFull(error, dirname(spec.path), attempt), attempt);
  }
}

async function note({ spec, getsWork }: WorktreeOptions): Promise<string> {
  const place = await readPlace(spec.path);
  if (place.kind !== 'repository') throw new Error(`git made no worktree at ${spec.path}`);
  if (getsWork === true) await noteLackingWork(place.gitDir);
  await writeMarker(place.gitDir, { repo: spec.repo, setup: 'pending' });
  return place.gitDir;
}

/** Removes what a killed `worktree add` left; true when git still lists a worktree at this path whose folder is gone. */
async function makeRoom({ spec, checkout, env, signal }: WorktreeOptions): Promise<boolean> {
  const place = await readPlace(spec.path);
  if (place.kind === 'other')
    throw new UserError(`the folder "${spec.path}" ${place.why}`, {
      hint: 'move it away, or give the pane another `id`',
    });
  if (place.kind === 'repository') {
    if (!(await isHalfMadeWorktree(place.gitDir)))
      throw new UserError(`the folder "${spec.path}" is a git repository already`, {
        hint: 'move it away, or give the pane another `id`',
      });
    await mutateGit(['worktree', 'remove', '--force', '--force', '--', spec.path], { cwd: checkout, env, signal });
  }
  const listed = await readWorktrees(checkout, env);
  const elsewhere = listed.find(({ path, branch }) => branch === spec.branch && path !== spec.path);
  if (elsewhere) {
    const isGone = !existsSync(elsewhere.path);
    throw new UserError(
      `the branch "${oneLine(spec.branch)}" is checked out in "${elsewhere.path}"${isGone ? ', which is gone' : ''}; git allows a branch in one worktree only`,
      {
        hint: isGone
          ? `if that folder will not come back: ${pastedFor`git -C ${checkout} worktree prune`}`
          : 'give the pane another `branch`, switch that one, or use `isolation: clone`',
      },
    );
  }
  return listed.some(({ path }) => path === spec.path);
}

interface Start {
  readonly args: readonly string[];
  readonly text: string;
}

async function findStart(options: WorktreeOptions): Promise<Start> {
  const { spec, checkout, env } = options;
  if (await hasRef(`refs/heads/${spec.branch}`, { tree: checkout, env }))
    return { args: ['--', spec.path, spec.branch], text: `${spec.branch}, which exists` };
  const base = await findBase(options);
  return {
    args: [base.track ? '--track' : '--no-track', '-b', spec.branch, '--', spec.path, base.ref],
    text: base.text,
  };
}

/** origin's branch before the local one of that name, which is only as new as the last pull. */
async function findBase({ spec, checkout, env }: WorktreeOptions): Promise<StartPoint> {
  const where = { tree: checkout, env };
  const own = `refs/remotes/origin/${spec.branch}`;
  if (await hasRef(own, where)) return { ref: own, track: true, text: `origin/${spec.branch}, which exists` };
  const names =
    spec.base.kind === 'branch'
      ? [`refs/remotes/origin/${spec.base.name}`, `refs/heads/${spec.base.name}`]
      : ['refs/remotes/origin/HEAD', 'HEAD'];
  for (const ref of names) {
    if (await hasRef(ref, where)) return { ref, track: false, text: ref.replace(/^refs\/(heads|remotes)\//, '') };
  }
  throw await noBase(spec, checkout, env);
}

async function noBase(spec: TreeSpec, checkout: string, env: Env): Promise<UserError> {
  if (spec.base.kind !== 'branch')
    return new UserError(`the checkout "${checkout}" has no commit to start from`, { hint: 'make a first commit' });
  const branches = (
    await readGit(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'], { cwd: checkout, env })
  )
    .split('\n')
    .filter((name) => name !== '');
  const near = closest(spec.base.name, branches);
  return new UserError(
    `the checkout "${checkout}" has no branch "${oneLine(spec.base.name)}" for "${oneLine(spec.branch)}" to start from`,
    { hint: near === null ? 'fetch it, or name another `base`' : `did you mean "${oneLine(near)}"?` },
  );
}

/** Every worktree git knows of this repository, the checkout included. Paths with a newline are not told apart (`-z` came with git 2.36). */
async function readWorktrees(
  checkout: string,
  env: Env,
): Promise<readonly { readonly path: string; readonly branch: string | null }[]> {
  const text = (await askGit(['worktree', 'list', '--porcelain'], { cwd: checkout, env })) ?? '';
  return text.split('\n\n').flatMap((record) => {
    const path = /^worktree (.+)$/m.exec(record)?.[1];
    return path === undefined ? [] : [{ path, branch: /^branch refs\/heads\/(.+)$/m.exec(record)?.[1] ?? null }];
  });
}
