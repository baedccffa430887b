import { readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { hasCode, makeFolders, readText, writeFileAtomic } from '../store/file.ts';
import { readPlace } from './gitDir.ts';
import type { Env } from '../store/paths.ts';
import { registerModules } from './relocateModules.ts';
import { lookAt } from './standing.ts';

export interface Relocation {
  readonly from: string;
  readonly to: string;
  /** The folder that was looked at: another one that has taken its place since is not moved. */
  readonly inode: number;
  /** Null after a reboot, when devices may have other numbers. */
  readonly device: number | null;
}

/**
 * Moves a tree with one rename: it is in one place or the other, whole, and never copied. Throws a UserError, with everything as it was,
 * when another folder stands there than was looked at, or the new place is taken or on another disk.
 */
export async function relocateTree({ from, to, inode, device }: Relocation): Promise<void> {
  const isIt = async (path: string): Promise<boolean> => {
    const facts = await lookAt(path);
    return facts !== null && facts.isDirectory() && facts.ino === inode && (device === null || facts.dev === device);
  };
  if (!(await isIt(from)))
    throw new UserError(`another folder has come to stand at "${from}" since it was looked at; nothing was moved`, {
      hint: 'look at it, and run the command again',
    });
  if ((await lookAt(to)) !== null)
    throw new UserError(`"${to}" is taken; nothing was moved`, { hint: 'move away what stands there' });
  await makeFolders(dirname(to), { mode: 0o700 });
  await renameOnly(from, to);
  if (await isIt(to)) return;
  // Swapped in the moment between the look and the rename: that one goes back.
  await renameOnly(to, from);
  throw new UserError(`another folder has come to stand at "${from}" while it was moved; it was put back`, {
    hint: 'look at it, and run the command again',
  });
}

async function renameOnly(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!hasCode(error, 'EXDEV') && !hasCode(error, 'EBUSY') && !hasCode(error, 'EACCES') && !hasCode(error, 'EPERM'))
      throw error;
    const why =
      hasCode(error, 'EXDEV') || hasCode(error, 'EBUSY') ? 'it is a disk of its own' : 'you may not write there';
    throw new UserError(`"${from}" cannot be moved: ${why}`, { hint: 'it is left as it is', cause: error });
  }
}

/**
 * Notes for git where a tree stands now, after it was moved from `before`: of a worktree the repository it belongs to and its submodules, of a
 * clone the worktrees inside it. What `git worktree move` and `repair` do (git 2.39), for worktrees with submodules and for any git too. Again,
 * it changes nothing.
 */
export async function registerTree(
  tree: string,
  { before, env }: { readonly before: string; readonly env: Env },
): Promise<void> {
  const place = await readPlace(tree);
  if (place.kind !== 'repository')
    throw new UserError(`"${tree}" ${place.kind === 'other' ? place.why : 'holds no repository'}`, {
      hint: 'nothing in it was changed; then run the same command again',
    });
  if (place.gitDir === join(tree, '.git')) return registerInner(place.gitDir, { tree, before });
  await writeFileAtomic(join(place.gitDir, 'gitdir'), `${join(tree, '.git')}\n`, { mode: 0o644 });
  await registerModules({ tree, before, gitDir: place.gitDir, env });
}

async function registerInner(
  gitDir: string,
  { tree, before }: { readonly tree: string; readonly before: string },
): Promise<void> {
  const names = await readdir(join(gitDir, 'worktrees')).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) {
    const admin = join(gitDir, 'worktrees', name);
    const file = (await readText(join(admin, 'gitdir')))?.trim() ?? '';
    const now = file.startsWith(`${before}/`) ? join(tree, file.slice(before.length)) : file;
    if (!now.startsWith(`${tree}/`) || (await lookAt(now)) === null) continue;
    await writeFileAtomic(now, `gitdir: ${admin}\n`, { mode: 0o644 });
    await writeFileAtomic(join(admin, 'gitdir'), `${now}\n`, { mode: 0o644 });
  }
}
