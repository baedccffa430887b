import { copyFile, link, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { makeScratchFolder } from '../store/scratchFolder.ts';
import type { GitPlace } from './run/start.ts';
import { readCommonDir } from './gitDir.ts';
import { ONLY_TRUE_OBJECTS, quotePath, type ObjectPlace } from './neutralRepository.ts';
import { plumbText } from './run/ask.ts';

/**
 * A place beside a tree's objects: git commands run with it see everything the tree has (and what `beside` names), and what they make
 * lies in a folder of its own. So a merge is tried out without a byte in the tree's repository.
 */
export interface ObjectSpace {
  /** Where the commands run, with the variables that make it so. */
  readonly place: GitPlace;
  /** Folder of the new objects, shaped like git's `objects`. */
  readonly folder: string;
  /** The tree's own objects. */
  readonly home: string;
  /** Every folder its objects may lie in. */
  readonly folders: readonly string[];
}

export interface SpaceOptions {
  /** Root of the tree. */
  readonly tree: string;
  readonly gitDir: string;
  /** Further object folders to read from: a mirror's, a predecessor's. */
  readonly beside: readonly string[];
  /** True keeps the new objects outside the repository altogether. */
  readonly outside: boolean;
  readonly env: Env;
}

/** Opens an empty space; what a killed run left in the tree's is removed. Call it under the fleet's lock unless `outside`. */
export async function openSpace({ tree, gitDir, beside, outside, env }: SpaceOptions): Promise<ObjectSpace> {
  const home = join(await readCommonDir(gitDir), 'objects');
  const folder = outside ? await makeScratchFolder('objects', env) : join(gitDir, 'claude-tmux-objects');
  if (!outside) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
  }
  const set = {
    ...ONLY_TRUE_OBJECTS,
    GIT_OBJECT_DIRECTORY: folder,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [home, ...beside].map(quotePath).join(':'),
  };
  return { place: { cwd: tree, env, set, timeoutMs: 120_000 }, folder, home, folders: [folder, home, ...beside] };
}

/** Output of a git command in the space. Throws ProgramError. */
export async function inSpace(
  { place }: ObjectSpace,
  args: readonly string[],
  input: Buffer | string = '',
): Promise<string> {
  return plumbText(args, { ...place, input });
}

/** The same objects for a proof that asks no setting of the tree. */
export function objectPlace({ folders, home, place }: ObjectSpace): ObjectPlace {
  return { objects: folders, shallow: join(dirname(home), 'shallow'), env: place.env };
}

/** Puts the new objects among the tree's. An object that is there already is the same one: its name is its content's hash. */
export async function keepObjects({ folder, home }: Pick<ObjectSpace, 'folder' | 'home'>): Promise<void> {
  for (const name of await readdir(folder)) {
    const target = join(home, name);
    await mkdir(target, { recursive: true });
    for (const file of (await readdir(join(folder, name))).sort(indexLast))
      await linkOnce(join(folder, name, file), join(target, file));
  }
}

export async function closeSpace({ folder }: ObjectSpace): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** git looks for `.idx` files and then wants their packs. */
function indexLast(a: string, b: string): number {
  return Number(a.endsWith('.idx')) - Number(b.endsWith('.idx'));
}

async function linkOnce(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    if (!hasCode(error, 'EXDEV') && !hasCode(error, 'EPERM')) throw error;
    // Another file system, or one without hard links. Under a name that git takes for its own and clears up if this process is killed.
    const half = join(dirname(to), `tmp_obj_${process.pid}_${basename(to)}`);
    try {
      await copyFile(from, half);
      await rename(half, to);
    } catch (failed) {
      await rm(half, { force: true });
      throw failed;
    }
  }
}
