import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { TreeSpec } from '../layout/layout.ts';
import type { Env } from '../store/paths.ts';
import { explainFailure } from './failure.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import { commonDirOf, lendStores } from './largeFiles.ts';
import { findNested } from './leftBehind.ts';
import { askGit, readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';
import { fetchHead } from './startPoint.ts';
import { readPorcelain } from './treeStatus.ts';
import { forgetLackingWork } from './workMark.ts';

export interface BringOptions {
  readonly spec: TreeSpec;
  /** Root of the checkout whose work is brought; nothing in it is written. */
  readonly checkout: string;
  readonly env: Env;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface BroughtWork {
  /** Commits that the tree did not have. */
  readonly commits: number;
  /** Changed and untracked files, uncommitted here as there. */
  readonly files: number;
}

/**
 * Gives a tree that was just made the work of the checkout: its branch starts at the checkout's HEAD, and changed and untracked files are
 * there as uncommitted changes. Throws a UserError when that would lose anything in the tree.
 */
export async function bringWork(options: BringOptions): Promise<BroughtWork> {
  const { spec, checkout, env, onLine, signal } = options;
  try {
    const place = await readPlace(spec.path);
    if (place.kind !== 'repository') throw new UserError(`"${spec.path}" is not a git repository`);
    onLine('bringing the work of your checkout');
    const head = await fetchHead(checkout, { tree: spec.path, env, signal });
    // A large file that no server has yet comes from the checkout's own store.
    const bringing = { ...options, head, gitDir: place.gitDir, lent: lendStores(await commonDirOf(checkout)) };
    const commits = await moveBranch(bringing);
    const files = await bringFiles(bringing);
    await forgetLackingWork(place.gitDir);
    return { commits, files };
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFailure(error, { what: `the work of "${checkout}" could not be brought to "${spec.path}"` });
  }
}

interface Bringing extends BringOptions {
  /** The checkout's commit. */
  readonly head: string;
  /** The tree's git folder. */
  readonly gitDir: string;
  /** Variables that lend the checkout's large files to the tree. */
  readonly lent: Readonly<Record<string, string>>;
}

/** Number of commits the tree did not have before. */
async function moveBranch({ head, lent, spec, env, signal }: Bringing): Promise<number> {
  const place = { cwd: spec.path, env };
  if ((await readPorcelain(spec.path, { env })).changes > 0) {
    throw new UserError(`"${spec.path}" has uncommitted changes; the checkout's work is not laid over them`, {
      hint: 'they may be a part of that work, brought by a command that was cut off: close the session and bring it up again, or commit or stash them',
    });
  }
  // Only commits that nobody else has can be lost: those of the tree on no branch of origin, and origin's when its branch was taken.
  const own = await readGit(['rev-list', '--count', 'HEAD', '--not', head, '--remotes=origin'], place);
  const upstream = await askGit(['config', '--get', `branch.${spec.branch}.merge`], place);
  const taken = upstream === null ? '0' : await readGit(['rev-list', '--count', 'HEAD', '--not', head], place);
  if (Number(own) + Number(taken) > 0) {
    throw new UserError(
      `the branch "${oneLine(spec.branch)}" in "${spec.path}" has commits that the checkout lacks; it is not moved`,
      { hint: 'pull them into the checkout first, or choose another `branch`' },
    );
  }
  const commits = Number(await readGit(['rev-list', '--count', head, '--not', 'HEAD'], place));
  await mutateGit(['reset', '--quiet', '--hard', head, '--'], { cwd: spec.path, env, signal, set: lent });
  return commits;
}

/**
 * The checkout's files become a git tree made with a temporary index, and with the tree's own object store in place of the checkout's:
 * so not even an object is written there. What the index needs of older objects is in the store, because HEAD was just fetched.
 */
async function bringFiles({ head, gitDir, lent, spec, checkout, env, signal }: Bringing): Promise<number> {
  const index = join(gitDir, 'claude-tmux-index');
  const set = { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: join(await readCommonDir(gitDir), 'objects') };
  const there = { cwd: checkout, env, signal, set };
  try {
    await mutateGit([...QUIETLY, 'read-tree', '-m', head], there);
    // git would add a repository inside as a mere commit id, and fail at one without a commit.
    const nested = (await findNested(checkout, env)).map((path) => `:(top,exclude,literal)${path}`);
    await mutateGit([...QUIETLY, 'add', '--all', '--', ':/', ...nested], there);
    const files = (await mutateGit([...QUIETLY, 'write-tree'], there)).trim();
    const here = { cwd: spec.path, env, signal, set: lent };
    // Lays the files into the tree, then takes the index back: nothing is staged, new files are untracked.
    await mutateGit(['read-tree', '-m', '-u', 'HEAD', files], here);
    await mutateGit(['reset', '--quiet', '--mixed', 'HEAD', '--'], here);
  } finally {
    await rm(index, { force: true });
    await rm(`${index}.lock`, { force: true });
  }
  return (await readPorcelain(spec.path, { env })).changes;
}

/** No hook of the checkout runs (post-index-change), and no index file beside ours is written there. */
const QUIETLY = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'core.splitIndex=false',
  '-c',
  'advice.addEmbeddedRepo=false',
];
