import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Env } from '../store/paths.ts';
import { writeFileAtomic } from '../store/file.ts';
import { findModules } from './nestedRepositories.ts';
import { plumb } from './run/ask.ts';
import { mutatePlumbText } from './run/mutate.ts';
import { lookAt } from './standing.ts';

export interface MovedWorktree {
  /** Where it stands now, and where it stood. */
  readonly tree: string;
  readonly before: string;
  readonly gitDir: string;
  readonly env: Env;
}

/**
 * Submodules of a worktree keep their repositories in the main one, and each names the other by a relative path, which a move of the worktree
 * breaks: git then cannot read them, nor the state of the whole worktree. `git worktree move` refuses such a worktree (git 2.39).
 */
export async function registerModules({ tree, before, gitDir, env }: MovedWorktree): Promise<void> {
  const modules = await findModules(gitDir);
  if (modules.length === 0) return;
  const [now, then] = [await realpath(tree), await realPlace(before)];
  for (const found of modules) {
    const module = await realpath(found);
    const config = ['config', '--file', join(module, 'config')];
    const { code, stdout } = await plumb([...config, '--get', 'core.worktree'], { cwd: tree, env });
    const place = resolve(module, stdout.toString('utf8').replace(/\n$/, ''));
    const root = [then, now].find((one) => place.startsWith(`${one}/`));
    if (code !== 0 || root === undefined) continue;
    const stands = join(now, relative(root, place));
    // A submodule may have no folder in the tree, or a repository of its own in it.
    if (!(await lookAt(join(stands, '.git')))?.isFile()) continue;
    await writeFileAtomic(join(stands, '.git'), `gitdir: ${relative(stands, module)}\n`, { mode: 0o644 });
    await mutatePlumbText([...config, 'core.worktree', relative(module, stands)], { cwd: tree, env });
  }
}

/** The real path of what is gone: that of its folder. */
async function realPlace(path: string): Promise<string> {
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
}
