import { existsSync } from 'node:fs';
import { join } from 'node:path';
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
  const [records, submodules] = await Promise.all([readRecords(checkout, env), findSubmodules(checkout, env)]);
  const isOwn = await Promise.all(submodules.map(async (path) => hasOwnWork(join(checkout, path), env)));
  return {
    submodules: submodules.filter((_, at) => isOwn[at]),
    repositories: nestedIn(records),
    staged: records.flatMap(({ fields: [, changes = '', kind = ''], path }) =>
      /^[^.?!][^.?!]$/.test(changes) && kind === 'N...' ? [path] : [],
    ),
  };
}

/** Repositories that the work tree holds and does not track, relative, without a slash at the end. */
export async function findNested(checkout: string, env: Env): Promise<readonly string[]> {
  return nestedIn(await readRecords(checkout, env));
}

/** With all untracked files listed, the only folders among them are repositories. */
function nestedIn(records: readonly StatusRecord[]): readonly string[] {
  return records.flatMap(({ fields: [kind], path }) => (kind === '?' && path.endsWith('/') ? [path.slice(0, -1)] : []));
}

interface StatusRecord {
  readonly fields: readonly string[];
  readonly path: string;
}

/** The records of `git status --porcelain=v2 -z`, renames switched off: a path each. */
async function readRecords(checkout: string, env: Env): Promise<readonly StatusRecord[]> {
  const text = await readGit(['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames'], {
    cwd: checkout,
    env,
  });
  return text
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const fields = record.split(' ');
      const before = { '1': 8, u: 10, '?': 1, '!': 1 }[fields[0] ?? ''] ?? 0;
      return { fields: fields.slice(0, before), path: fields.slice(before).join(' ') };
    });
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
