import { copyFile, link, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasCode, makeFolders } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readConfig } from './config.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import type { Mirror } from './mirror.ts';
import { withMirrorLock } from './mirrorHold.ts';
import { askGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

interface Options {
  readonly mirror: Mirror;
  /** What will be checked out. */
  readonly ref: string;
  readonly env: Env;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Git LFS: brings the large files of `ref` into the store of the new clone `tree` before they are checked out, from the mirror and the
 * checkout where these have them, and leaves in the mirror what came over the network, so that nothing comes twice. One clone at a time;
 * files are linked, or copied across file systems, and each clone's store is its own. Nothing for a repository or a user without LFS.
 */
export async function fetchLargeFiles(tree: string, options: Options): Promise<void> {
  const { mirror, ref, env, onLine, signal } = options;
  if (!mirror.usable || !(await usesLfs(tree, ref, env))) return;
  const set = lendStores([mirror.path, ...(await commonDirOf(mirror.checkout))]);
  await withMirrorLock(`${mirror.path}.lfs`, { what: 'fetching large files', onLine }, async () => {
    onLine('fetching large files');
    await mutateGit(['lfs', 'fetch', 'origin', ref], { cwd: tree, env, set, onLine, signal });
    await keepFiles(largeStore(join(tree, '.git')), largeStore(mirror.path), new Set());
  });
}

/** The user has LFS set up, does not skip it, and the commit says that some files are LFS's. */
async function usesLfs(tree: string, ref: string, env: Env): Promise<boolean> {
  if (/^(1|t|true|y|yes|on)$/i.test(env.GIT_LFS_SKIP_SMUDGE ?? '')) return false;
  const filters = await readConfig(tree, '^filter\\.lfs\\.(process|smudge)$', env);
  if (filters.length === 0 || filters.some(({ value }) => /\s--skip\b/.test(value))) return false;
  return (
    (await askGit(['grep', '-q', '-e', 'filter=lfs', ref, '--', ':(glob)**/.gitattributes'], {
      cwd: tree,
      env,
      timeoutMs: 60_000,
    })) !== null
  );
}

/**
 * Variables with which Git LFS (3.3) links files from the `lfs` folder beside the object store of each of these git folders. git itself needs none
 * of the stores; it cannot name one whose path has a colon or begins with a quote.
 */
export function lendStores(gitFolders: readonly string[]): Readonly<Record<string, string>> {
  const stores = gitFolders.map((folder) => join(folder, 'objects'));
  return { GIT_ALTERNATE_OBJECT_DIRECTORIES: stores.filter((path) => !/^"|:/.test(path)).join(':') };
}

/** The common git folder of a checkout, in a list; none without one. */
export async function commonDirOf(checkout: string | null): Promise<readonly string[]> {
  const place = checkout === null ? null : await readPlace(checkout);
  return place?.kind === 'repository' ? [await readCommonDir(place.gitDir)] : [];
}

/** The store of Git LFS in a repository's git folder. */
export function largeStore(commonDir: string): string {
  return join(commonDir, 'lfs', 'objects');
}

/** A file in that store. */
export const LARGE_FILE = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64}$/;

/**
 * Runs what fetches large files into a tree, and leaves in the mirror's store what has come: the proof that the remote has it, and no other
 * clone fetches it again. What was there before may have been made there.
 */
export async function keepingFetched(
  tree: string,
  mirror: Mirror | null,
  fetch: () => Promise<unknown>,
): Promise<void> {
  const place = await readPlace(tree);
  const store = place.kind === 'repository' ? largeStore(await readCommonDir(place.gitDir)) : null;
  const before = new Set(store === null ? [] : await listFiles(store));
  await fetch();
  if (store !== null && mirror !== null) await keepFiles(store, largeStore(mirror.path), before);
}

async function keepFiles(from: string, to: string, except: ReadonlySet<string>): Promise<void> {
  for (const name of await listFiles(from)) if (!except.has(name)) await keepFile(join(from, name), join(to, name));
}

async function listFiles(store: string): Promise<readonly string[]> {
  return (await readdir(store, { recursive: true }).catch(() => [])).filter((name) => LARGE_FILE.test(name));
}

/** A file that cannot be kept is fetched again another time. */
async function keepFile(from: string, to: string): Promise<void> {
  try {
    await makeFolders(dirname(to));
    await link(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) return;
    const temporary = `${to}.part`;
    await copyFile(from, temporary).then(
      () => rename(temporary, to),
      () => rm(temporary, { force: true }),
    );
  }
}
