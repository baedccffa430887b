import { existsSync, lstatSync, statSync } from 'node:fs';
import { appendFile, lstat, mkdir, readlink, realpath, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { TreeSpec } from '../layout/layout.ts';
import { hasCode, makeFolders } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { copyWhole } from './copyWhole.ts';
import { explainFailure } from './failure.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import { findIgnored, readNotIgnored } from './ignored.ts';
import { markSetupDone } from './marker.ts';

export interface CopyOptions {
  readonly spec: Pick<TreeSpec, 'path' | 'include' | 'link' | 'setup'>;
  /** Root of the checkout the files come from. */
  readonly checkout: string;
  readonly env: Env;
}

export interface CopyReport {
  readonly copied: number;
  readonly linked: number;
  /** Left alone because something stands there already. */
  readonly kept: number;
  /** Left out because a folder on the way is a link: it would lead out of the tree. */
  readonly refused: readonly string[];
  /** Left out because they are links, and what they lead to is not there. */
  readonly nowhere: readonly string[];
}

type Outcome = 'done' | 'kept' | 'refused' | 'nowhere';

/**
 * Brings the checkout's git-ignored files that the globs name into a new tree, copied with their mode or linked. Where the tree's own
 * rules would not ignore them (the checkout's `info/exclude`, a link under a rule for folders) its `info/exclude` learns them, so
 * they never count as changes. When no setup commands follow, the tree's setup is noted as done.
 */
export async function copyFiles({ spec, checkout, env }: CopyOptions): Promise<CopyReport> {
  const links = await findIgnored(checkout, { globs: spec.link, folders: true, env });
  const copies = (await findIgnored(checkout, { globs: spec.include, folders: false, env })).filter(
    (name) => !isBelow(name, links),
  );
  try {
    const linked = await bring(links, (name) => placeLink(name, checkout, spec.path));
    await keepIgnored(linked.done, spec.path, env);
    const copied = await copyIgnored(copies, { checkout, tree: spec.path, env });
    if (spec.setup.length === 0) await markSetupDone(spec.path);
    return {
      copied: copied.done.length,
      linked: linked.done.length,
      kept: linked.kept.length + copied.kept.length,
      refused: [...linked.refused, ...copied.refused],
      nowhere: [...linked.nowhere, ...copied.nowhere],
    };
  } catch (error) {
    throw explainFailure(error, { what: `files of "${checkout}" could not be copied to "${spec.path}"` });
  }
}

interface Brought {
  readonly done: readonly string[];
  readonly kept: readonly string[];
  readonly refused: readonly string[];
  readonly nowhere: readonly string[];
}

/** Copies ignored files of the checkout into the tree, where they do not count as changes either. */
export async function copyIgnored(
  names: readonly string[],
  { checkout, tree, env }: { readonly checkout: string; readonly tree: string; readonly env: Env },
): Promise<Brought> {
  const place = names.length === 0 ? null : await readPlace(tree);
  const gitDir = place?.kind === 'repository' ? place.gitDir : tree;
  // Links last: one that leads to another file that is copied is copied as the link it is.
  const links = new Set(
    names.filter((name) => lstatSync(join(checkout, name), { throwIfNoEntry: false })?.isSymbolicLink() === true),
  );
  const copied = await bring([...names.filter((name) => !links.has(name)), ...links], (name) =>
    placeCopy(name, { checkout, tree, gitDir }),
  );
  await keepIgnored(copied.done, tree, env);
  return copied;
}

async function bring(names: readonly string[], place: (name: string) => Promise<Outcome>): Promise<Brought> {
  const outcomes: { readonly name: string; readonly outcome: Outcome }[] = [];
  for (const name of names) outcomes.push({ name, outcome: await place(name) });
  const named = (wanted: Outcome): string[] =>
    outcomes.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
  return { done: named('done'), kept: named('kept'), refused: named('refused'), nowhere: named('nowhere') };
}

async function placeLink(name: string, checkout: string, tree: string): Promise<Outcome> {
  if (!existsSync(join(checkout, name))) return 'nowhere';
  if (!(await makeParents(name, tree))) return 'refused';
  return unlessThere(() => symlink(join(checkout, name), join(tree, name)));
}

interface Copy {
  readonly checkout: string;
  readonly tree: string;
  readonly gitDir: string;
}

async function placeCopy(name: string, { checkout, tree, gitDir }: Copy): Promise<Outcome> {
  const source = join(checkout, name);
  const facts = await lstat(source).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  // Gone since it was listed, or a socket, a pipe: nothing to copy.
  if (facts === null || !(facts.isFile() || facts.isSymbolicLink())) return 'kept';
  if (!(await makeParents(name, tree))) return 'refused';
  const target = join(tree, name);
  if (facts.isSymbolicLink()) return copyLink(name, { checkout, tree, gitDir });
  return unlessThere(() => copyWhole({ source, target, gitDir }));
}

/**
 * A link is copied as the link it is where it leads to the same in the tree: an absolute one, and one to something that the tree has. Any
 * other would dangle, or lead into the clone of another session: of that the file behind it is copied, and a folder behind it linked.
 */
async function copyLink(name: string, { checkout, tree, gitDir }: Copy): Promise<Outcome> {
  const [source, target] = [join(checkout, name), join(tree, name)];
  if (!existsSync(source)) return 'nowhere';
  const behind = statSync(source);
  const text = await readlink(source);
  const place = resolve(dirname(target), text);
  if (isAbsolute(text) || (place.startsWith(`${tree}/`) && existsSync(place)))
    return unlessThere(() => symlink(text, target));
  if (behind.isDirectory()) return unlessThere(async () => symlink(await realpath(source), target));
  return behind.isFile() ? unlessThere(() => copyWhole({ source, target, gitDir })) : 'kept';
}

async function unlessThere(make: () => Promise<void>): Promise<Outcome> {
  try {
    await make();
    return 'done';
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return 'kept';
    throw error;
  }
}

/** Makes the folders above `name` inside the tree; false when one of them is not a folder of the tree itself. */
async function makeParents(name: string, tree: string): Promise<boolean> {
  const parts = dirname(name)
    .split('/')
    .filter((part) => part !== '.');
  let folder = tree;
  for (const part of parts) {
    folder = join(folder, part);
    await unlessThere(() => mkdir(folder));
    if (!(await lstat(folder)).isDirectory()) return false;
  }
  return true;
}

async function keepIgnored(names: readonly string[], tree: string, env: Env): Promise<void> {
  const shown = await readNotIgnored(tree, names, env);
  const place = await readPlace(tree);
  if (shown.length === 0 || place.kind !== 'repository') return;
  const info = join(await readCommonDir(place.gitDir), 'info');
  await makeFolders(info);
  await appendFile(join(info, 'exclude'), shown.map((name) => `${escapeGlob(name)}\n`).join(''));
}

/** The pattern that means this path; a line break, which would end it, is any character. */
function escapeGlob(name: string): string {
  return `/${name
    .replace(/[\\*?[\]]/g, '\\$&')
    .replace(/[\r\n]/g, '?')
    .replace(/ $/, '\\ ')}`;
}

function isBelow(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => name === folder || name.startsWith(`${folder}/`));
}
