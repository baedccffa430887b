import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseChangedPaths, type ChangedPaths } from '../status/changedPaths.ts';
import type { Env } from '../store/paths.ts';
import { askGit, plumbText, readGit } from './run/ask.ts';
import { readPorcelain } from './treeStatus.ts';

/** Work of a checkout that `--from-here` does not bring; relative paths. */
export interface LeftBehind {
  /** Submodules with changes, or with commits that none of their remotes is known to have. */
  readonly submodules: readonly string[];
  /** Repositories inside it that it does not track. */
  readonly repositories: readonly string[];
  /** Files whose staged version is neither HEAD's nor the one on disk: that on disk is brought. */
  readonly staged: readonly string[];
}

export async function readLeftBehind(checkout: string, env: Env): Promise<LeftBehind> {
  const [changed, submodules] = await Promise.all([readChanged(checkout, env), findSubmodules(checkout, env)]);
  const isOwn = await Promise.all(submodules.map(async (path) => hasOwnWork(join(checkout, path), env)));
  return {
    submodules: submodules.filter((_, at) => isOwn[at]),
    repositories: nestedIn(changed),
    staged: changed.staged.filter((path) => changed.unstaged.includes(path)),
  };
}

/** Repositories that the work tree holds and does not track, relative, without a slash at the end. */
export async function findNested(checkout: string, env: Env): Promise<readonly string[]> {
  return nestedIn(await readChanged(checkout, env));
}

/** With all untracked files listed, the only folders among them are repositories. */
function nestedIn({ untracked }: ChangedPaths): readonly string[] {
  return untracked.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
}

/** Submodules are left out: their work is asked for by itself. */
async function readChanged(checkout: string, env: Env): Promise<ChangedPaths> {
  const listing = ['--untracked-files=all', '--no-renames', '--ignore-submodules=all'];
  return parseChangedPaths(await readGit(['status', '--porcelain=v2', '-z', ...listing], { cwd: checkout, env }));
}

/** Those that are there. */
async function findSubmodules(checkout: string, env: Env): Promise<readonly string[]> {
  const entries = (await plumbText(['ls-files', '--stage', '-z'], { cwd: checkout, env })).split('\0');
  return entries
    .flatMap((entry) => (entry.startsWith('160000 ') ? [entry.slice(entry.indexOf('\t') + 1)] : []))
    .filter((path) => existsSync(join(checkout, path, '.git')));
}

async function hasOwnWork(submodule: string, env: Env): Promise<boolean> {
  const place = { cwd: submodule, env };
  if ((await readPorcelain(submodule, { env })).changes > 0) return true;
  if ((await askGit(['rev-parse', '--verify', '--quiet', 'HEAD'], place)) === null) return false;
  return Number(await readGit(['rev-list', '--count', 'HEAD', '--branches', '--not', '--remotes'], place)) > 0;
}
