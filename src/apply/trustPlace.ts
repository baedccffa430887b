import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TrustPlace } from '../agent/claudeTrust.ts';
import { readCommonDir, readPlace } from '../git/gitDir.ts';
import { hasCode } from '../store/file.ts';

/** The place that Claude Code's trust is about when it starts in `dir` of a tree (or of one that is to be made there). */
export async function trustPlace(tree: string, dir = ''): Promise<TrustPlace> {
  const [top, folder] = await Promise.all([realOf(tree), realOf(join(tree, dir))]);
  const cwd = folder.normalize('NFC');
  // What is not there yet is not part of a repository that its workspace lies in.
  const root = existsSync(top) ? await gitRootOf(folder) : top;
  return root === null
    ? { cwd, root, key: cwd }
    : { cwd, root: root.normalize('NFC'), key: (await mainRootOf(root)).normalize('NFC') };
}

/** Through links as far as there is something. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const isMissing = hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
    if (!isMissing || path === dirname(path)) throw error;
    return join(await realOf(dirname(path)), basename(path));
  }
}

/** The nearest folder with a `.git`: a clone, a worktree or a submodule; null outside any. */
async function gitRootOf(path: string): Promise<string | null> {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((await readPlace(folder)).kind === 'repository') return folder;
    if (folder === dirname(folder)) return null;
  }
}

/** Of a linked worktree the root of its main repository, unless that has no work tree; any other root itself. */
async function mainRootOf(root: string): Promise<string> {
  const place = await readPlace(root);
  if (place.kind !== 'repository') return root;
  const common = await readCommonDir(place.gitDir);
  const isLinked = common !== place.gitDir && basename(common) === '.git';
  return isLinked ? realOf(dirname(common)) : root;
}
