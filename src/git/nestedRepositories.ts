import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hasCode } from '../store/file.ts';

/** What lies inside a tree, relative to it. */
export interface Nested {
  /** Folders that hold a `.git`: submodules, worktrees and clones that somebody put there. */
  readonly trees: readonly string[];
  /** git folders without a work tree: bare repositories, mirrors, `--separate-git-dir`. */
  readonly bare: readonly string[];
}

/** Repositories below `root`, ignored folders included. What lies inside the work tree of one is not looked into. Links are not followed. */
export async function findNestedRepositories(root: string): Promise<Nested> {
  const found = { trees: [] as string[], bare: [] as string[] };
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    if (folder !== '' && entries.some(({ name }) => name === '.git')) found.trees.push(folder);
    else {
      const isBare = folder !== '' && isGitFolder(entries);
      if (isBare) found.bare.push(folder);
      for (const entry of entries)
        if (entry.isDirectory() && entry.name !== '.git' && !(isBare && ITS_OWN.has(entry.name)))
          waiting.push(join(folder, entry.name));
    }
  }
  return { trees: found.trees.sort(), bare: found.bare.sort() };
}

/** As git takes a folder for one. */
function isGitFolder(entries: readonly Dirent[]): boolean {
  return ['HEAD', 'objects', 'refs'].every((name) => entries.some((entry) => entry.name === name));
}

/** Folders of a git folder that hold no repositories. */
const ITS_OWN = new Set(['objects', 'refs', 'logs', 'hooks', 'info', 'reftable', 'claude-tmux-objects']);

/** Repositories inside a git folder, absolute: below `modules` those of submodules, also of ones that no longer have a folder in the work tree. */
export async function findModules(gitDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [gitDir];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const isRepository = folder === gitDir || isGitFolder(entries);
    if (isRepository && folder !== gitDir) found.push(folder);
    for (const entry of entries)
      if (entry.isDirectory() && !(isRepository && ITS_OWN.has(entry.name))) waiting.push(join(folder, entry.name));
  }
  return found.sort((a, b) => relative(gitDir, a).localeCompare(relative(gitDir, b)));
}
