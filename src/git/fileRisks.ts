import { lstat, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { parseChangedPaths, type ChangedPaths } from '../status/changedPaths.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { readGit } from './run/ask.ts';
import { readOwnPrograms } from './run/overrides.ts';
import type { GitPlace } from './run/start.ts';
import { findIgnored } from './ignored.ts';
import { hidesEdits, readConverted, readExcluded, strictSettings } from './ownSettings.ts';
import { gitPlace, riskOf, type RiskPlace } from './riskOptions.ts';
import { readWorkFile } from './workFile.ts';

/** The user's configuration may hide changes from `status`. */
const STATUS = ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--ignore-submodules=none', '--no-renames'];

/** Files of a work tree that are in no commit. */
export async function readFileRisks(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const { where } = place;
  const { conflicts, staged, unstaged, untracked, hidden } = await readLost(place);
  return [
    ...riskOf('conflict', where, conflicts),
    ...riskOf('staged', where, staged),
    ...riskOf('uncommitted', where, unstaged),
    ...riskOf('untracked', where, untracked),
    ...riskOf('hidden', where, hidden),
    ...(await readFiltered(place)),
  ];
}

type Lost = ChangedPaths & { readonly hidden: readonly string[] };

async function readLost(place: RiskPlace): Promise<Lost> {
  const changed = parseChangedPaths(await readGit([...strictSettings(place.gitDir), ...STATUS], inTree(place)));
  // Of the tree itself those are compared with the checkout's: some are copies.
  const [flagged, converted, excluded] = await Promise.all([
    readHidden(place),
    readConverted(place),
    place.where === '' ? [] : readExcluded(place),
  ]);
  const known = new Set([...changed.staged, ...changed.unstaged, ...changed.conflicts]);
  const hidden = [...new Set([...flagged, ...converted])].filter((path) => !known.has(path));
  return { ...changed, untracked: [...new Set([...changed.untracked, ...excluded])], hidden };
}

/**
 * Tracked files among `paths` that differ from what HEAD has of them, although plain `git status` may call them clean: the repository's own
 * configuration or attributes hide it. Empty, without a process, where they hide nothing.
 */
export async function findHiddenEdits(
  tree: string,
  paths: ReadonlySet<string>,
  { gitDir, env }: { readonly gitDir: string; readonly env: Env },
): Promise<readonly string[]> {
  const place = placeOf(tree, gitDir, env);
  if (!(await hidesEdits(place))) return [];
  const { staged, unstaged, hidden } = await readLost(place);
  return [...staged, ...unstaged, ...hidden].filter((path) => paths.has(path));
}

function placeOf(tree: string, gitDir: string, env: Env): RiskPlace {
  return { root: tree, gitDir, isWorktree: false, where: '', env, base: null, remote: null, onlyAsked: false };
}

/** `core.worktree` may name another folder: this one is asked about. */
function inTree(place: RiskPlace): GitPlace {
  const git = gitPlace(place);
  return { ...git, set: { ...git.set, GIT_DIR: place.gitDir, GIT_WORK_TREE: place.root } };
}

/** Files under a filter that only the repository's own configuration names: it is not run, so whether they have changed is not known. */
async function readFiltered(place: RiskPlace): Promise<readonly TreeRisk[]> {
  const { filters } = await readOwnPrograms(place.root, place.env);
  if (filters.length === 0) return [];
  const names = await readGit(['ls-files', '-z'], gitPlace(place));
  // Path, attribute and value of each, all ended by NUL.
  const words = (await readGit(['check-attr', '-z', '--stdin', 'filter'], { ...gitPlace(place), input: names })).split(
    '\0',
  );
  return filters.flatMap((name) => {
    const under = words.flatMap((value, at) => (at % 3 === 2 && value === name ? [words[at - 2] ?? ''] : []));
    return riskOf('unknown', place.where, under, `the filter "${name}" of its own configuration is not run`);
  });
}

/** Files that `status` passes over because somebody set their assume-unchanged or skip-worktree bit, and that differ from the index all the same. */
async function readHidden(place: RiskPlace): Promise<readonly string[]> {
  const records = (await readGit(['ls-files', '-z', '-v', '-s'], gitPlace(place))).split('\0');
  const flagged = records
    .map((record) => /^([a-zS]) \d+ ([0-9a-f]+) \d\t(.+)$/s.exec(record))
    .filter((match) => match !== null);
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
  if (facts.isSymbolicLink())
    return (await readlink(join(place.root, path))) !== (await readGit(['cat-file', 'blob', id], gitPlace(place)));
  return (await readGit(['hash-object', '--', path], gitPlace(place))).trim() !== id;
}

/** Every file of a tree that is in no commit as it stands in the work tree, relative; what was deleted has no file. */
export async function listLostFiles(
  tree: string,
  { include, checkout, env }: CopiesInput & { readonly env: Env },
): Promise<readonly string[]> {
  const place = placeOf(tree, join(tree, '.git'), env);
  const { staged, unstaged, untracked, hidden } = await readLost(place);
  const names = new Set([
    ...staged,
    ...unstaged,
    ...untracked,
    ...hidden,
    ...(await readCopies(place, { include, checkout })),
  ]);
  const found: string[] = [];
  for (const name of names) if ((await readWorkFile(join(tree, name))) !== null) found.push(name);
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
  const names = await findIgnored(place.root, {
    globs: [...new Set([...include, ...BY_HAND])],
    folders: false,
    env: place.env,
  });
  const own: string[] = [];
  const excluded = (await readExcluded(place)).filter((name) => !names.includes(name));
  for (const name of excluded)
    if (
      checkout === null ||
      !(
        (await isSame(join(place.root, name), join(checkout, name))) ||
        (await leadsTo(join(place.root, name), join(checkout, name)))
      )
    )
      own.push(name);
  for (const name of names)
    if (
      !/(^|\/)node_modules\//.test(name) &&
      (checkout === null || !(await isSame(join(place.root, name), join(checkout, name))))
    )
      own.push(name);
  return own;
}

/** What `link` in the layout makes. */
async function leadsTo(path: string, target: string): Promise<boolean> {
  return (await readlink(path).catch(() => null)) === target;
}

/**
 * A link is the path it leads to: `link` makes one, and what is behind it stays. Of a relative link `include` copies the file behind it, or
 * links to the folder behind it.
 */
async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([readWorkFile(one), readWorkFile(other)]);
  // Gone since it was listed, or a socket: nothing of its own.
  if (a === null) return true;
  if (b === null) return false;
  if (a.isLink === b.isLink && a.bytes.equals(b.bytes)) return true;
  if (!b.isLink) return false;
  const behind = await realpath(other).catch(() => other);
  return a.isLink ? leadsTo(one, behind) : ((await readWorkFile(behind))?.bytes.equals(a.bytes) ?? false);
}
