import { constants } from 'node:fs';
import { access, copyFile, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { readLargeFile } from '../store/regularFile.ts';
import type { RiskKind, TreeRisk } from '../status/treeRisk.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { listLostFiles } from './fileRisks.ts';
import { askGit, readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

const KEPT_AS_FILES: ReadonlySet<RiskKind> = new Set<RiskKind>([
  'uncommitted',
  'staged',
  'untracked',
  'hidden',
  'copy',
]);
const KEPT_AS_COMMITS: ReadonlySet<RiskKind> = new Set<RiskKind>([
  'stash',
  'unpushed',
  'branch',
  'tag',
  'ref',
  'object',
  'detached',
]);

/** What of a clone cannot be kept in a bundle and files: an operation in progress, submodules, what nobody can tell. Such a clone stays whole. */
export function unshrinkable(risks: readonly TreeRisk[]): readonly TreeRisk[] {
  return risks.filter(({ kind, where }) => where !== '' || !(KEPT_AS_FILES.has(kind) || KEPT_AS_COMMITS.has(kind)));
}

interface Shrinking {
  /** Root of the clone. */
  readonly tree: string;
  /** A folder that is not there yet. */
  readonly to: string;
  /** Globs of ignored files that were copied into it, and where from. */
  readonly include: readonly string[];
  readonly checkout: string | null;
  readonly env: Env;
}

/**
 * Writes everything that only this clone has into a folder: a bundle that needs no other repository (all branches, tags and stashes), the index as
 * a patch, and the files themselves; then reads all of it back. Throws when anything is not there as it was: the clone must stay then.
 */
export async function shrinkTree(shrinking: Shrinking): Promise<void> {
  const { tree, to, env } = shrinking;
  if (await isThere(join(tree, '.git', 'lfs', 'objects')))
    throw new UserError(`"${tree}" has large files (LFS) of its own, which no bundle holds`, {
      hint: 'push them, or keep it whole',
    });
  if ((await askGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: tree, env })) === null)
    throw new UserError(`"${tree}" stands on a branch without a commit, which no bundle holds`, {
      hint: 'commit there, or keep it whole',
    });
  await mkdir(to, { mode: 0o700 });
  const stashes = await nameStashes(tree, env);
  const refs = await writeBundle(tree, to, env);
  const patch = await readGit(['diff', '--cached', ...EXACT, 'HEAD', '--'], { cwd: tree, env, timeoutMs: PATIENCE_MS });
  await writeFile(join(to, 'staged.patch'), patch, { mode: 0o600 });
  await writeFile(
    join(to, 'unstaged.patch'),
    await readGit(['diff', ...EXACT, '--'], { cwd: tree, env, timeoutMs: PATIENCE_MS }),
    { mode: 0o600 },
  );
  const files = await listLostFiles(tree, shrinking);
  for (const name of files) await keepFile(join(tree, name), join(to, 'files', name));
  await writeFile(join(to, 'README'), describe({ refs: refs.length, stashes, files: files.length }), { mode: 0o600 });
  await verify({ ...shrinking, refs, patch, files });
}

const PATIENCE_MS = 600_000;
const EXACT = ['--binary', '--full-index', '--no-color', '--no-ext-diff', '--no-textconv', '--no-renames'];

/** A bundle holds refs, and only the newest stash is one. Resolves to how many there are. */
async function nameStashes(tree: string, env: Env): Promise<number> {
  const place = { cwd: tree, env, timeoutMs: PATIENCE_MS };
  const all = await readGit(['for-each-ref', '--format=%(objectname)', 'refs/stash'], place);
  if (all.trim() === '') return 0;
  const ids = (
    await readGit(['log', '--walk-reflogs', '--no-show-signature', '--format=%H', 'refs/stash', '--'], place)
  )
    .split('\n')
    .filter((id) => id !== '');
  for (const [index, id] of ids.entries())
    await mutateGit(['update-ref', `refs/claude-tmux/stash/${index}`, id], { cwd: tree, env });
  return ids.length;
}

/** Resolves to the refs in it with their ids; HEAD is among them. */
async function writeBundle(tree: string, to: string, env: Env): Promise<readonly string[]> {
  await mutateGit(['bundle', 'create', join(to, 'commits.bundle'), '--all', 'HEAD'], { cwd: tree, env });
  const text = await readGit(['for-each-ref', '--format=%(objectname) %(refname)'], {
    cwd: tree,
    env,
    timeoutMs: PATIENCE_MS,
  });
  const head = (await readGit(['rev-parse', 'HEAD'], { cwd: tree, env })).trim();
  return [...text.split('\n').filter((line) => line !== '' && !line.endsWith('/HEAD')), `${head} HEAD`];
}

async function keepFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const facts = await lstat(from);
  if (facts.isSymbolicLink()) await symlink(await readlink(from), to);
  else await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

interface Written extends Shrinking {
  readonly refs: readonly string[];
  readonly patch: string;
  readonly files: readonly string[];
}

/** Reads everything back from the folder alone. */
async function verify({ tree, to, env, refs, patch, files }: Written): Promise<void> {
  const listed = new Set(
    (
      await readGit(['bundle', 'list-heads', join(to, 'commits.bundle')], { cwd: to, env, timeoutMs: PATIENCE_MS })
    ).split('\n'),
  );
  const missing = refs.filter((line) => !listed.has(line));
  if (missing.length > 0) throw broken(to, `the bundle lacks ${missing.join(', ')}`);
  const trial = join(to, 'trial.git');
  try {
    await mutateGit(['clone', '--quiet', '--mirror', '--', join(to, 'commits.bundle'), trial], { cwd: to, env });
    await readGit(['--git-dir', trial, 'fsck', '--connectivity-only', '--no-dangling'], {
      cwd: to,
      env,
      timeoutMs: PATIENCE_MS,
    });
    await verifyIndex({ tree, to, trial, env, patch });
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
  for (const name of files)
    if (!(await isSame(join(tree, name), join(to, 'files', name)))) throw broken(to, `the copy of "${name}" differs`);
}

/** The patch, laid over HEAD from the bundle, must give the index's very tree. */
async function verifyIndex({
  tree,
  to,
  trial,
  env,
  patch,
}: {
  readonly tree: string;
  readonly to: string;
  readonly trial: string;
  readonly env: Env;
  readonly patch: string;
}): Promise<void> {
  if (patch === '') return;
  const wanted = (await mutateGit(['write-tree'], { cwd: tree, env })).trim();
  const head = (await readGit(['rev-parse', 'HEAD'], { cwd: tree, env })).trim();
  const at = { cwd: to, env, set: { GIT_DIR: trial, GIT_INDEX_FILE: join(trial, 'trial-index') } };
  await mutateGit(['read-tree', head], at);
  await mutateGit(['apply', '--cached', '--whitespace=nowarn', join(to, 'staged.patch')], at);
  if ((await mutateGit(['write-tree'], at)).trim() !== wanted)
    throw broken(to, 'the patch does not give the staged files');
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([lstat(one), lstat(other)]);
  if (a.isSymbolicLink() || b.isSymbolicLink())
    return a.isSymbolicLink() && b.isSymbolicLink() && (await readlink(one)) === (await readlink(other));
  return (await readLargeFile(one)).equals(await readLargeFile(other));
}

function broken(to: string, why: string): UserError {
  return new UserError(`what was to be kept in "${to}" could not be read back: ${why}`, {
    hint: 'the clone stays whole',
  });
}

function describe({
  refs,
  stashes,
  files,
}: {
  readonly refs: number;
  readonly stashes: number;
  readonly files: number;
}): string {
  return `What a closed clone had that was nowhere else.

commits.bundle  ${refs} refs, whole history:   git clone commits.bundle FOLDER   or   git fetch commits.bundle 'refs/heads/*:refs/heads/kept/*'
                ${stashes} stashes:            git fetch commits.bundle 'refs/claude-tmux/stash/*:refs/kept/stash/*', then git stash apply ID
staged.patch    what was staged on HEAD:  git apply --index staged.patch
unstaged.patch  what was changed and not staged, deletions too:  git apply unstaged.patch
files/          ${files} changed, untracked and ignored files as they were: copy them over the clone
`;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
}
