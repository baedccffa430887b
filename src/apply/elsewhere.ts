import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRegularFile } from '../store/regularFile.ts';

/** Where an agent works when that is not its session's tree. */
export interface Elsewhere {
  /** Its working folder, as Claude says it. */
  readonly folder: string;
  /** Root of the repository or worktree around it; null outside any. */
  readonly tree: string | null;
}

/**
 * Claude's EnterWorktree and `/cd` move the session: its registry entry names the new folder (2.1.332). Null where it works in its own
 * tree, in a folder or submodule of it, and where nothing is known.
 */
export function readElsewhere(path: string, cwd: string | null): Elsewhere | null {
  if (cwd === null || cwd === path) return null;
  const [here, own] = [realPath(cwd), realPath(path)];
  if (here === null || own === null || here === own) return null;
  const tree = findTree(here);
  if (tree === own || (tree !== null && isSubmoduleOf(tree, own))) return null;
  return { folder: cwd, tree };
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** The nearest folder upwards that has a `.git`. */
function findTree(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (lstatSync(join(at, '.git'), { throwIfNoEntry: false }) !== undefined) return at;
    if (at === dirname(at)) return null;
  }
}

/** A submodule's `.git` file leads into its superproject's `modules`. */
function isSubmoduleOf(tree: string, own: string): boolean {
  if (!tree.startsWith(`${own}/`)) return false;
  try {
    const [, to = ''] = /^gitdir: (.+)$/m.exec(readRegularFile(join(tree, '.git'))?.text ?? '') ?? [];
    return to !== '' && resolve(tree, to).includes('/modules/');
  } catch {
    return false;
  }
}
