import type { Stats } from 'node:fs';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import { isLockedByUser } from './worktreeLock.ts';
import { readMarker } from './marker.ts';
import { readOrigin, readTree } from './tree.ts';

/** A tree in its place that is ours to move. Device and inode tell it from another folder that somebody puts there. */
export interface Standing {
  readonly kind: 'clone' | 'worktree';
  readonly device: number;
  readonly inode: number;
  /** The `.git` folder; of a worktree the one in the repository it belongs to. */
  readonly gitDir: string;
  /** URL or path of its origin; null without one. */
  readonly origin: string | null;
}

interface Expected {
  readonly repo: string;
  /** Root of the checkout that worktrees belong to; null outside any. */
  readonly checkout: string | null;
  readonly env: Env;
}

/**
 * What stands at a session's place; null for nothing. Throws a UserError for what must not be moved: a link, a folder that is no clone
 * of this repository, a worktree of another repository or one that its user locked.
 */
export async function readStanding(path: string, { repo, checkout, env }: Expected): Promise<Standing | null> {
  const facts = await lookAt(path);
  if (facts === null) return null;
  if (facts.isSymbolicLink())
    throw refused(
      path,
      `is a link to "${await readlink(path)}"`,
      'what a link leads to is not moved; put the folder itself in its place',
    );
  const place = await readPlace(path);
  if (place.kind !== 'repository')
    throw refused(path, place.kind === 'other' ? place.why : 'is empty', 'move it away by hand');
  const known = (await readMarker(place.gitDir))?.repo ?? repo;
  const state = await readTree(path, { repo: known, env });
  if (state.kind === 'foreign') throw refused(path, state.why, 'move it away by hand');
  const kind = await readKind(path, place.gitDir, checkout);
  return {
    kind,
    device: facts.dev,
    inode: facts.ino,
    gitDir: place.gitDir,
    origin: await readOrigin(place.gitDir, env),
  };
}

/** True when the folder at `path` is the one with this inode. */
export async function standsAt(path: string, inode: number): Promise<boolean> {
  const facts = await lookAt(path);
  return facts !== null && facts.isDirectory() && facts.ino === inode;
}

/** The folder itself, never what a link leads to; null for nothing. */
export async function lookAt(path: string): Promise<Stats | null> {
  return lstat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  });
}

async function readKind(path: string, gitDir: string, checkout: string | null): Promise<Standing['kind']> {
  const entry = await lstat(join(path, '.git'));
  if (entry.isSymbolicLink())
    throw refused(path, 'has its `.git` elsewhere, behind a link', 'its commits would stay behind; move it by hand');
  if (entry.isDirectory()) return 'clone';
  const common = await realpath(await readCommonDir(gitDir));
  const place = checkout === null ? null : await readPlace(checkout);
  const own = place?.kind === 'repository' ? await realpath(await readCommonDir(place.gitDir)) : null;
  if (own !== common || common === (await realpath(gitDir)))
    throw refused(
      path,
      `is a worktree of "${common}"`,
      'it belongs to another repository; remove it there: git worktree remove',
    );
  if (await isLockedByUser(gitDir))
    throw refused(path, 'is a worktree that you have locked', 'unlock it first: git worktree unlock');
  return 'worktree';
}

function refused(path: string, why: string, hint: string): UserError {
  return new UserError(`the folder "${path}" ${why}; it is left alone`, { hint });
}
