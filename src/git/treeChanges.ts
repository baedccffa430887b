import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { findHiddenEdits } from './fileRisks.ts';
import { isUnmarked } from './indexFlags.ts';
import { plumbText } from './run/ask.ts';
import type { GitPlace } from './run/start.ts';

/** One path that differs between two commits; a mode of 000000 is "not there". */
export interface Change {
  readonly path: string;
  readonly from: { readonly mode: string; readonly id: string };
  readonly to: { readonly mode: string; readonly id: string };
}

export const GONE = '000000';
const SUBMODULE = '160000';

/** True when a submodule comes, goes or moves. */
export function isSubmoduleChange({ from, to }: Change): boolean {
  return from.mode === SUBMODULE || to.mode === SUBMODULE;
}

/** Every path that differs, renames as what they are to the files: one gone, one new. */
export async function readChanges(place: GitPlace, from: string, to: string): Promise<readonly Change[]> {
  const records = (
    await plumbText(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to, '--'], place)
  ).split('\0');
  const changes: Change[] = [];
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [mode = '', toMode = '', id = '', toId = ''] = (records[at] ?? '').replace(/^\s*:/, '').split(' ');
    changes.push({ path: records[at + 1] ?? '', from: { mode, id }, to: { mode: toMode, id: toId } });
  }
  return changes;
}

/**
 * Files that `changes` would overwrite although git keeps no copy of them: untracked ones in the place of a new file, ignored ones too
 * (`read-tree` overwrites those without a word, git 2.39), and tracked ones whose edits git was told to overlook, or that the clone's own configuration hides.
 */
export async function findOverwritten(
  tree: string,
  changes: readonly Change[],
  { gitDir, env }: { readonly gitDir: string; readonly env: Env },
): Promise<readonly string[]> {
  const leaving = new Set(changes.filter(({ from }) => from.mode !== GONE).map(({ path }) => path));
  const found: string[] = [];
  for (const { path, from } of changes) if (from.mode === GONE) found.push(...(await inTheWay(tree, path, leaving)));
  const idBytes = (changes[0]?.to.id.length ?? 0) / 2;
  const overlooked =
    leaving.size === 0 || (await isUnmarked(gitDir, idBytes)) ? [] : await findOverlooked(tree, leaving, env);
  const hidden = leaving.size === 0 ? [] : await findHiddenEdits(tree, leaving, { gitDir, env });
  return [...new Set([...found, ...overlooked, ...hidden])];
}

/** What stands where the new file `path` goes, relative: the path itself, what a folder of that name holds, or a file in the place of its folder. */
async function inTheWay(tree: string, path: string, leaving: ReadonlySet<string>): Promise<readonly string[]> {
  const parts = path.split('/');
  for (let depth = 1; depth <= parts.length; depth++) {
    const part = parts.slice(0, depth).join('/');
    const facts = await look(join(tree, part));
    if (facts === null || leaving.has(part)) return [];
    if (depth === parts.length && facts.isDirectory())
      return (await filesBelow(tree, part)).filter((file) => !leaving.has(file));
    if (!facts.isDirectory()) return (await isSameFile(tree, { path: part, ino: facts.ino, leaving })) ? [] : [part];
  }
  return [];
}

/** On a file system that ignores case, `Readme` stands there while `README` is the one that goes. */
async function isSameFile(
  tree: string,
  { path, ino, leaving }: { readonly path: string; readonly ino: number; readonly leaving: ReadonlySet<string> },
): Promise<boolean> {
  const twin = [...leaving].find((other) => other.toLowerCase() === path.toLowerCase());
  return twin !== undefined && (await look(join(tree, twin)))?.ino === ino;
}

async function filesBelow(tree: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(tree, folder), { withFileTypes: true });
  const below = await Promise.all(
    entries.map(async (entry) =>
      entry.isDirectory() ? filesBelow(tree, `${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    ),
  );
  return below.flat();
}

/** Marked `assume-unchanged` (lower case) or `skip-worktree` (S), and there: `status` does not look at their content. */
async function findOverlooked(tree: string, leaving: ReadonlySet<string>, env: Env): Promise<readonly string[]> {
  const text = await plumbText(['ls-files', '-v', '-z'], { cwd: tree, env });
  const marked = text
    .split('\0')
    .filter((entry) => /^[a-zS] /.test(entry))
    .map((entry) => entry.slice(2));
  const there = await Promise.all(
    marked
      .filter((path) => leaving.has(path))
      .map(async (path) => ((await look(join(tree, path))) === null ? [] : [path])),
  );
  return there.flat();
}

async function look(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
