import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { EXIT, UserError } from '../base/errors.ts';
import { closest } from '../base/text.ts';
import { hasCode } from '../store/file.ts';

/** Where layouts are looked for, nearest first. */
export interface LayoutPlaces {
  readonly cwd: string;
  /** The user's own layouts folder (`$XDG_CONFIG_HOME/claude-tmux/layouts`). */
  readonly own: string;
  /** The layouts that came with the program. */
  readonly shipped: string;
}

/** A layout that a name leads to. */
export interface FoundLayout {
  readonly name: string;
  readonly path: string;
  readonly place: 'here' | 'own' | 'shipped';
}

/** The file of a layout given as a path or a name; a UserError names the nearest known one. */
export async function findLayout(given: string, places: LayoutPlaces): Promise<string> {
  const direct = resolve(places.cwd, given);
  if (isAbsolute(given) || given.includes('/')) {
    for (const path of [direct, `${direct}.yaml`, `${direct}.yml`]) if (isFile(path)) return path;
    throw new UserError(`no layout file ${direct}`, {
      hint: 'claude-tmux layouts lists the known ones',
      exitCode: EXIT.usage,
    });
  }
  for (const { folder } of foldersOf(places)) {
    for (const name of [given, `${given}.yaml`, `${given}.yml`]) {
      const path = join(folder, name);
      if (isFile(path)) return path;
    }
  }
  const near = closest(
    given.replace(/\.ya?ml$/, ''),
    (await listLayouts(places)).map((layout) => layout.name),
  );
  throw new UserError(`no layout "${given}" here, in ${places.own} or among the shipped ones`, {
    hint:
      near === null
        ? 'claude-tmux layouts lists the known ones'
        : `did you mean "${near}"? claude-tmux layouts lists all`,
    exitCode: EXIT.usage,
  });
}

/** Every layout that a name leads to, nearest first; a name found nearer hides the same name farther away. */
export async function listLayouts(places: LayoutPlaces): Promise<FoundLayout[]> {
  const found = new Map<string, FoundLayout>();
  for (const { folder, place } of foldersOf(places)) {
    // Any YAML file may lie in the folder one stands in; only the folders made for layouts are listed.
    if (folder === places.cwd) continue;
    for (const file of await namesIn(folder)) {
      const name = file.replace(/\.ya?ml$/, '');
      if (!found.has(name)) found.set(name, { name, path: join(folder, file), place });
    }
  }
  return [...found.values()];
}

/** `.claude-tmux.yaml` in `cwd` or above it, up to and including `root`; null when there is none. */
export function findProjectLayout(cwd: string, root: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, '.claude-tmux.yaml');
    if (isFile(path)) return path;
    if (folder === root || folder === dirname(folder)) return null;
  }
}

function foldersOf(places: LayoutPlaces): { readonly folder: string; readonly place: FoundLayout['place'] }[] {
  return [
    { folder: places.cwd, place: 'here' },
    { folder: join(places.cwd, '.claude-tmux'), place: 'here' },
    { folder: places.own, place: 'own' },
    { folder: places.shipped, place: 'shipped' },
  ];
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.ya?ml$/.test(name) && !basename(name).startsWith('.')).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (isMissing(error)) return false;
    throw new UserError(`${path} cannot be looked at`, { hint: 'check its permissions', cause: error });
  }
}

function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].some((code) => hasCode(error, code));
}
