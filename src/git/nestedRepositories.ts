import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../store/file.ts';

/**
 * Folders below `root` that hold a `.git`, relative: submodules, worktrees and clones that somebody put there, ignored folders included.
 * What lies inside one of them is not looked into. Links are not followed.
 */
export async function findNestedRepositories(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      if (entry.name === '.git' && folder !== '') found.push(folder);
      else if (entry.isDirectory() && entry.name !== '.git') waiting.push(join(folder, entry.name));
    }
  }
  return outermost(found.sort());
}

function outermost(folders: readonly string[]): readonly string[] {
  return folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

/** git folders below `<gitDir>/modules`: of submodules, also of those that no longer have a folder in the work tree. */
export async function findModules(gitDir: string): Promise<readonly string[]> {
  const found: string[] = [];
  const waiting = [join(gitDir, 'modules')];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const isRepository = entries.some(({ name }) => name === 'HEAD') && entries.some(({ name }) => name === 'objects');
    if (isRepository) found.push(folder);
    for (const entry of entries) if (entry.isDirectory() && (!isRepository || entry.name === 'modules')) waiting.push(join(folder, entry.name));
  }
  return found;
}
