import type { Env } from '../store/paths.ts';
import type { AskedOnce } from './askedOnce.ts';
import { plumb } from './run/ask.ts';
import { keepingFetched } from './largeFiles.ts';
import type { Mirror } from './mirror.ts';
import { mutateGit } from './run/mutate.ts';
import { transportEnvironment } from './transport.ts';

export interface LfsFetch {
  readonly commit: string;
  /** The command that Git LFS is set up with; empty without it. */
  readonly command: string;
  /** Keeps what comes; null for a tree without one. */
  readonly mirror: Mirror | null;
  readonly env: Env;
  /** Which commits name files of LFS, for many trees. */
  readonly known: AskedOnce<boolean>;
}

/**
 * Gets what Git LFS keeps for a commit into the tree's store, so that no download happens while files move and locks are held. Nothing for
 * a repository without LFS, or one whose user has it skipped. Throws ProgramError when the files cannot be had.
 */
export async function fetchLfs(tree: string, { commit, command, mirror, env, known }: LfsFetch): Promise<void> {
  if (command === '' || command.includes('--skip') || env['GIT_LFS_SKIP_SMUDGE'] === '1') return;
  const isUser = async (): Promise<boolean> =>
    (
      await plumb(['grep', '--quiet', '--fixed-strings', 'filter=lfs', commit, '--', ':(glob)**/.gitattributes'], {
        cwd: tree,
        env,
      })
    ).code === 0;
  if (!(await known.ask(commit, isUser))) return;
  const reach = await transportEnvironment({ checkout: null, env, asks: false });
  await keepingFetched(tree, mirror, () => mutateGit(['lfs', 'fetch', 'origin', commit], { cwd: tree, env: reach }));
}
