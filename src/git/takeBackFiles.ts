import type { Stats } from 'node:fs';
import { lstat, readlink, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode } from '../store/file.ts';
import { readLargeFile } from '../store/regularFile.ts';
import { mutatePlumb, mutatePlumbText } from './run/mutate.ts';
import type { GitPlace } from './run/start.ts';
import { GONE, isSubmoduleChange, type Change } from './treeChanges.ts';

/**
 * Gives every changed path the content of the index again, where the file holds what the interrupted `read-tree` wrote, the whole or
 * its beginning, or is missing. Whatever else stands there was written by somebody since, and stays.
 */
export async function takeBackFiles(changes: readonly Change[], git: GitPlace): Promise<void> {
  const files = changes.filter((change) => !isSubmoduleChange(change));
  const hashes = await hashFiles(files, git);
  const ours: Change[] = [];
  for (const change of files)
    if (await isOurs(change, { hash: hashes.get(change.path) ?? null, git })) ours.push(change);
  for (const { path } of ours.filter(({ from }) => from.mode === GONE)) await removeFile(git.cwd, path);
  const old: string[] = [];
  for (const { path, from } of ours) if (from.mode !== GONE && (await isFree(git.cwd, path))) old.push(`${path}\0`);
  if (old.length > 0)
    await mutatePlumbText(['checkout-index', '--force', '-u', '-z', '--stdin'], { ...git, input: old.join('') });
  await mutatePlumb(['update-index', '-q', '--refresh'], git);
}

interface Found {
  /** Id of the file's content as git would store it; null for what is no plain file. */
  readonly hash: string | null;
  readonly git: GitPlace;
}

async function isOurs({ path, from, to }: Change, { hash, git }: Found): Promise<boolean> {
  const facts = await look(join(git.cwd, path));
  if (facts === null) return from.mode !== GONE;
  if (facts.isSymbolicLink())
    return (
      to.mode === LINK && (await readlink(join(git.cwd, path))) === (await content(to.id, path, git)).toString('utf8')
    );
  // A folder in the place of a file goes with the new files in it.
  if (facts.isDirectory()) return from.mode !== GONE;
  if (hash === to.id) return true;
  if (hash === from.id) return false;
  const there = await readLargeFile(join(git.cwd, path));
  const begins = async (id: string, mode: string): Promise<boolean> =>
    mode !== GONE && (await content(id, path, git)).subarray(0, there.length).equals(there);
  return (await begins(to.id, to.mode)) || (await begins(from.id, from.mode));
}
const LINK = '120000';

/** What git would write to the file, filters applied. */
async function content(id: string, path: string, git: GitPlace): Promise<Buffer> {
  const { code, stdout } = await mutatePlumb(['cat-file', '--filters', `--path=${path}`, id], git);
  return code === 0 ? stdout : Buffer.from(`${id} cannot be read`);
}

/** One process for all; a name with a newline in it cannot be asked about this way and is compared by content. */
async function hashFiles(changes: readonly Change[], git: GitPlace): Promise<ReadonlyMap<string, string>> {
  const kinds = await Promise.all(
    changes.map(async ({ path }) => !path.includes('\n') && (await look(join(git.cwd, path)))?.isFile() === true),
  );
  const paths = changes.filter((_, at) => kinds[at]).map(({ path }) => path);
  if (paths.length === 0) return new Map();
  const ids = (
    await mutatePlumbText(['hash-object', '--stdin-paths'], { ...git, input: `${paths.join('\n')}\n` })
  ).split('\n');
  return new Map(paths.map((path, at) => [path, ids[at] ?? '']));
}

/** Folders that were only made for it go too. */
async function removeFile(tree: string, path: string): Promise<void> {
  await unlink(join(tree, path)).catch(absentIsFine);
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if (
      !(await rmdir(join(tree, folder)).then(
        () => true,
        () => false,
      ))
    )
      return;
  }
}

/** `checkout-index --force` removes a folder in a file's place with all that is in it, and a file in a folder's place. */
async function isFree(tree: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const facts = await look(join(tree, ...parts.slice(0, depth)));
    if (facts === null) return true;
    if (facts.isDirectory() === (depth === parts.length)) return false;
  }
  return true;
}

async function look(path: string): Promise<Stats | null> {
  return lstat(path).catch(absentIsFine);
}

function absentIsFine(error: unknown): null {
  if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
  throw error;
}
