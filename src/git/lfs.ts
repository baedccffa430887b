import type { Env } from '../store/paths.ts';
import { readConfig } from './config.ts';
import { mutateGit } from './mutate.ts';
import { plumb } from './plumbing.ts';
import { transportEnvironment } from './transport.ts';

/**
 * Gets what Git LFS keeps for a commit into the tree's store, so that no download happens while files move and locks are held. Nothing for
 * a repository without LFS, or one whose user has it skipped. Throws ProgramError when the files cannot be had.
 */
export async function fetchLfs(tree: string, { commit, env }: { readonly commit: string; readonly env: Env }): Promise<void> {
  const filter = (await readConfig(tree, '^filter\\.lfs\\.(process|smudge)$', env)).map(({ value }) => value).join(' ');
  if (filter === '' || filter.includes('--skip') || env['GIT_LFS_SKIP_SMUDGE'] === '1') return;
  const users = await plumb(['grep', '--quiet', '--fixed-strings', 'filter=lfs', commit, '--', ':(glob)**/.gitattributes'], { cwd: tree, env });
  if (users.code !== 0) return;
  await mutateGit(['lfs', 'fetch', 'origin', commit], { cwd: tree, env: await transportEnvironment({ checkout: null, env, asks: false }) });
}
