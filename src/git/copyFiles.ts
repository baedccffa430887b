import { appendFile, constants, copyFile, lstat, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeSpec } from '../layout/layout.ts';
import { hasCode, makeFolders } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
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
}

type Outcome = 'done' | 'kept' | 'refused';

/**
 * Brings the checkout's git-ignored files that the globs name into a new tree, copied with their mode or linked. Where the tree's own
 * rules would not ignore them (the checkout's `info/exclude`, a link under a rule for folders) its `info/exclude` learns them, so
 * they never count as changes. When no setup commands follow, the tree's setup is noted as done.
 */
export async function copyFiles({ spec, checkout, env }: CopyOptions): Promise<CopyReport> {
  const links = await findIgnored(checkout, { globs: spec.link, folders: true, env });
  const copies = (await findIgnored(checkout, { globs: spec.include, folders: false, env })).filter((name) => !isBelow(name, links));
  try {
    const linked = await bring(links, (name) => placeLink(name, checkout, spec.path));
    const copied = await bring(copies, (name) => placeCopy(name, checkout, spec.path));
    await keepIgnored([...linked.done, ...copied.done], spec.path, env);
    if (spec.setup.length === 0) await markSetupDone(spec.path);
    return { copied: copied.done.length, linked: linked.done.length, kept: linked.kept + copied.kept, refused: [...linked.refused, ...copied.refused] };
  } catch (error) {
    throw explainFailure(error, { what: `files of "${checkout}" could not be copied to "${spec.path}"` });
  }
}

async function bring(names: readonly string[], place: (name: string) => Promise<Outcome>): Promise<{ readonly done: readonly string[]; readonly kept: number; readonly refused: readonly string[] }> {
  const outcomes: { readonly name: string; readonly outcome: Outcome }[] = [];
  for (const name of names) outcomes.push({ name, outcome: await place(name) });
  const named = (wanted: Outcome): string[] => outcomes.filter(({ outcome }) => outcome === wanted).map(({ name }) => name);
  return { done: named('done'), kept: named('kept').length, refused: named('refused') };
}

async function placeLink(name: string, checkout: string, tree: string): Promise<Outcome> {
  if (!(await makeParents(name, tree))) return 'refused';
  return unlessThere(() => symlink(join(checkout, name), join(tree, name)));
}

/** A link is copied as the link it is; what it leads to is not. */
async function placeCopy(name: string, checkout: string, tree: string): Promise<Outcome> {
  const source = join(checkout, name);
  const facts = await lstat(source).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  // Gone since it was listed, or a socket, a pipe: nothing to copy.
  if (facts === null || !(facts.isFile() || facts.isSymbolicLink())) return 'kept';
  if (!(await makeParents(name, tree))) return 'refused';
  const target = join(tree, name);
  if (facts.isSymbolicLink()) return unlessThere(async () => symlink(await readlink(source), target));
  return unlessThere(() => copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
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
  const parts = dirname(name).split('/').filter((part) => part !== '.');
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

/** The pattern that means exactly this path. */
function escapeGlob(name: string): string {
  return `/${name.replace(/[\\*?[\]]/g, '\\$&').replace(/ $/, '\\ ')}`;
}

function isBelow(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => name === folder || name.startsWith(`${folder}/`));
}
