import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import { readLockOwner } from '../store/lock.ts';
import { clearLeftovers, removeMirror } from './mirrorFolder.ts';
import { withMirrorLock } from './mirrorHold.ts';
import { readMirrorNote } from './mirrorNote.ts';

/** One mirror in the cache. */
export interface CachedMirror {
  readonly path: string;
  /** The repository, without passwords; null for one whose first fetch was cut off. */
  readonly repo: string | null;
  /** When its last fetch began, in milliseconds since the epoch; null when it never had a whole one. */
  readonly fetchedAt: number | null;
  /** What it takes on the disk, in bytes. */
  readonly bytes: number;
  /** What of that no clone has as well: so much a removal would free. */
  readonly ownBytes: number;
  /** Who works with it now; null when nobody does. */
  readonly holder: { readonly pid: number; readonly what: string } | null;
}

/** Every mirror in `<cacheDir>/mirrors`, and what killed processes left of one. */
export async function readMirrors(cacheDir: string): Promise<readonly CachedMirror[]> {
  const folder = join(cacheDir, 'mirrors');
  const names = new Set((await list(folder)).flatMap((name) => /^.+?\.git(?=$|\.)/.exec(name) ?? []));
  return Promise.all([...names].sort().map((name) => readCached(join(folder, name))));
}

/** Deletes a mirror with what lies beside it; false when somebody works with it. Clones have links or copies of all they need. */
export async function pruneMirror(path: string): Promise<boolean> {
  if ((await holderOf(path)) !== null) return false;
  try {
    await withMirrorLock(path, { what: 'removing a mirror', onLine: () => undefined, timeoutMs: 0 }, async () => {
      await removeMirror(path);
      await clearLeftovers(path);
    });
    return true;
  } catch (error) {
    if (error instanceof UserError && (await holderOf(path)) !== null) return false;
    throw error;
  }
}

async function readCached(path: string): Promise<CachedMirror> {
  const [note, size, holder] = await Promise.all([readMirrorNote(path), measure(path), holderOf(path)]);
  return { path, repo: note?.repo ?? null, fetchedAt: note?.fetchedAt ?? null, ...size, holder };
}

async function holderOf(path: string): Promise<CachedMirror['holder']> {
  return (await readLockOwner(`${path}.lock`)) ?? readLockOwner(`${path}.lfs.lock`);
}

async function measure(path: string): Promise<{ readonly bytes: number; readonly ownBytes: number }> {
  const names = await list(path, true);
  const facts = await Promise.all(names.map((name) => lstat(join(path, name)).catch(() => null)));
  const sum = (fits: (links: number) => boolean): number =>
    facts.reduce((all, fact) => all + (fact?.isFile() === true && fits(fact.nlink) ? fact.blocks * BLOCK : 0), 0);
  return { bytes: sum(() => true), ownBytes: sum((links) => links === 1) };
}
/** What `blocks` counts, whatever the file system's own. */
const BLOCK = 512;

async function list(folder: string, recursive = false): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
