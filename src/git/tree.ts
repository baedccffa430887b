import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeState } from '../plan/snapshot.ts';
import { readText } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import { readMarker } from './marker.ts';
import { askGit } from './run/ask.ts';
import { hasSetupMark } from './setupMark.ts';
import { isSameRepository, localPath, redact } from './remoteUrl.ts';
import { lacksWork } from './workMark.ts';

export interface Expected {
  /** The repository the tree must be of: URL, scp-form or absolute path. */
  readonly repo: string;
  readonly env: Env;
}

/**
 * State of the clone or worktree at `path`. With our note in it no process runs (`up` asks this for every clone); a repository made
 * by hand is asked for its origin. Throws when the path cannot be looked at: that is not "absent".
 */
export async function readTree(path: string, expected: Expected): Promise<TreeState> {
  const place = await readPlace(path);
  switch (place.kind) {
    case 'absent':
    case 'empty':
      return { kind: 'absent' };
    case 'other':
      return { kind: 'foreign', why: place.why };
    case 'repository':
      return readRepository(path, place.gitDir, expected);
  }
}

async function readRepository(path: string, gitDir: string, { repo, env }: Expected): Promise<TreeState> {
  const marker = await readMarker(gitDir);
  if (marker === null && (await isHalfMadeWorktree(gitDir))) return { kind: 'absent' };
  const isOurs = marker === null ? await isCloneOf(gitDir, repo, env) : isSameRepository(marker.repo, repo);
  if (!isOurs) return { kind: 'foreign', why: await describeForeign(gitDir, repo, env) };
  return {
    kind: 'ready',
    branch: await readBranch(path, gitDir, env),
    setupDone: marker?.setup !== 'pending' || (await hasSetupMark(gitDir)),
    ...(lacksWork(gitDir) ? { lacksWork: true } : {}),
  };
}

/** git keeps a new worktree locked with this word until its files are there (git 2.39), also when it was killed. */
export async function isHalfMadeWorktree(gitDir: string): Promise<boolean> {
  return (await readText(join(gitDir, 'locked')))?.startsWith('initializing') ?? false;
}

/** By its origin; a worktree also when `repo` is the path of the checkout it belongs to. */
async function isCloneOf(gitDir: string, repo: string, env: Env): Promise<boolean> {
  const origin = await readOrigin(gitDir, env);
  if (origin !== null && isSameRepository(origin, repo)) return true;
  const path = localPath(repo);
  if (path === null) return false;
  const [checkout, common] = await Promise.all([real(path), real(await readCommonDir(gitDir))]);
  if (common !== null && (common === checkout || dirname(common) === checkout)) return true;
  const originPath = origin === null ? null : localPath(origin);
  return originPath !== null && checkout !== null && (await real(originPath)) === checkout;
}

async function describeForeign(gitDir: string, repo: string, env: Env): Promise<string> {
  const origin = await readOrigin(gitDir, env);
  const found = origin === null ? 'is a git repository without an origin' : `is a clone of "${redact(origin)}"`;
  return `${found}, not of "${redact(repo)}"`;
}

/** URL or path of the first `origin` of the repository in `gitDir`; null without one. */
export async function readOrigin(gitDir: string, env: Env): Promise<string | null> {
  const text = await askGit(['--git-dir', gitDir, 'config', '-z', '--get-all', 'remote.origin.url'], { cwd: '/', env });
  return text?.split('\0')[0] ?? null;
}

async function readBranch(path: string, gitDir: string, env: Env): Promise<string | null> {
  const head = await readHeadBranch(gitDir);
  if (head !== 'unknown') return head.branch;
  const name = await askGit(['symbolic-ref', '--quiet', 'HEAD'], { cwd: path, env });
  return name?.trim().replace(/^refs\/heads\//, '') ?? null;
}

async function real(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}
