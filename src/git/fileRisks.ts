import { lstat, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { parseChangedPaths } from '../status/changedPaths.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { findIgnored } from './ignored.ts';
import { gitPlace, riskOf, type RiskPlace } from './riskOptions.ts';
import { readGit } from './run/ask.ts';

/** The user's configuration may hide changes from `status`; a file-system monitor may be mistaken. */
const STATUS = ['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', 'status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignore-submodules=none', '--no-renames'];

/** Files of a work tree that are in no commit. */
export async function readFileRisks(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const { where } = place;
  const changed = parseChangedPaths(await readGit(STATUS, gitPlace(place)));
  return [
    ...riskOf('conflict', where, changed.conflicts),
    ...riskOf('staged', where, changed.staged),
    ...riskOf('uncommitted', where, changed.unstaged),
    ...riskOf('untracked', where, changed.untracked),
    ...riskOf('hidden', where, await readHidden(place)),
  ];
}

/** Files that `status` passes over because somebody set their assume-unchanged or skip-worktree bit, and that differ from the index all the same. */
async function readHidden(place: RiskPlace): Promise<readonly string[]> {
  const records = (await readGit(['ls-files', '-z', '-v', '-s'], gitPlace(place))).split('\0');
  const flagged = records.map((record) => /^([a-zS]) \d+ ([0-9a-f]+) \d\t(.+)$/s.exec(record)).filter((match) => match !== null);
  const changed: string[] = [];
  for (const [, , id = '', path = ''] of flagged) if (await differs(place, path, id)) changed.push(path);
  return changed;
}

/** A file that is not there is how sparse checkouts look: nothing in it to lose. */
async function differs(place: RiskPlace, path: string, id: string): Promise<boolean> {
  const facts = await lstat(join(place.root, path)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  });
  if (facts === null || facts.isDirectory()) return false;
  // git hashes what a link leads to.
  if (facts.isSymbolicLink()) return (await readlink(join(place.root, path))) !== (await readGit(['cat-file', 'blob', id], gitPlace(place)));
  return (await readGit(['hash-object', '--', path], gitPlace(place))).trim() !== id;
}

/** Every file of a tree that is in no commit as it stands in the work tree, relative; what was deleted has no file. */
export async function listLostFiles(tree: string, { include, checkout, env }: CopiesInput & { readonly env: Env }): Promise<readonly string[]> {
  const place: RiskPlace = { root: tree, gitDir: join(tree, '.git'), isWorktree: false, where: '', env, base: null, remote: null, onlyAsked: false };
  const changed = parseChangedPaths(await readGit(STATUS, gitPlace(place)));
  const names = new Set([...changed.staged, ...changed.unstaged, ...changed.untracked, ...(await readHidden(place)), ...(await readCopies(place, { include, checkout }))]);
  const found: string[] = [];
  for (const name of names) if ((await readContent(join(tree, name))) !== null) found.push(name);
  return found;
}

/** Ignored files that people write by hand, whatever the layout says. */
const BY_HAND = ['.env', '.env.*', '*.local', '*.local.*'];

export interface CopiesInput {
  /** Globs of ignored files that were copied from the checkout. */
  readonly include: readonly string[];
  /** Root of that checkout; null when there is none to compare with. */
  readonly checkout: string | null;
}

/** Ignored files that were copied into the tree, or are of a kind that people write by hand, and that the checkout does not have like this. */
export async function readCopyRisks(place: RiskPlace, input: CopiesInput): Promise<readonly TreeRisk[]> {
  return riskOf('copy', place.where, await readCopies(place, input));
}

async function readCopies(place: RiskPlace, { include, checkout }: CopiesInput): Promise<readonly string[]> {
  const names = await findIgnored(place.root, { globs: [...new Set([...include, ...BY_HAND])], folders: false, env: place.env });
  const own: string[] = [];
  for (const name of names) if (!/(^|\/)node_modules\//.test(name) && (checkout === null || !(await isSame(join(place.root, name), join(checkout, name))))) own.push(name);
  return own;
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([readContent(one), readContent(other)]);
  // Gone since it was listed, or a socket: nothing of its own.
  return a === null || (b !== null && a.equals(b));
}

/** A link is the path it leads to: `link` makes one, and what is behind it stays. */
async function readContent(path: string): Promise<Buffer | null> {
  try {
    const facts = await lstat(path);
    if (facts.isSymbolicLink()) return Buffer.from(`link ${await readlink(path)}`);
    return facts.isFile() ? await readFile(path) : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}
