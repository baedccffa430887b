import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { makeScratchFolder } from '../store/scratchFolder.ts';
import { readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

/**
 * Arguments of the git that shows everything a session has changed, uncommitted work included: the work tree against the commit
 * where its branch left `base` (null: origin's HEAD). Own step for the merge base: `git diff --merge-base` came with git 2.30.
 */
export async function diffArgs(
  path: string,
  { base, env }: { readonly base: string | null; readonly env: Env },
): Promise<readonly string[]> {
  const remote = await readForkPoint(path, `refs/remotes/origin/${base ?? 'HEAD'}`, env);
  const start = remote ?? (base === null ? null : await readForkPoint(path, `refs/heads/${base}`, env));
  if (start === null)
    throw new UserError(`the clone "${path}" has no commit in common with "${base ?? 'HEAD'}" of origin`, {
      hint: 'run `git fetch` in it, or compare by hand with `git diff`',
    });
  return ['diff', start, '--'];
}

async function readForkPoint(path: string, ref: string, env: Env): Promise<string | null> {
  try {
    return (await readGit(['merge-base', 'HEAD', ref], { cwd: path, env })).trim();
  } catch (error) {
    // 1: no common commit; 128: no such ref.
    if (error instanceof ProgramError && (error.code === 1 || error.code === 128)) return null;
    throw error;
  }
}

/**
 * Runs `show` with the variables under which a diff of the tree shows its new files as well: those of an index elsewhere that knows of
 * them. The tree's own index stays as it is. A repository inside the tree is left out, as git leaves it out.
 */
export async function withNewFiles<T>(
  path: string,
  env: Env,
  show: (set: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const names = (await readGit(['ls-files', '--others', '--exclude-standard', '-z'], { cwd: path, env }))
    .split('\0')
    .filter((name) => name !== '' && !name.endsWith('/'));
  if (names.length === 0) return show({});
  const folder = await makeScratchFolder('diff', env);
  try {
    const set = { GIT_INDEX_FILE: join(folder, 'index') };
    const own = (await readGit(['rev-parse', '--git-path', 'index'], { cwd: path, env })).replace(/\n$/, '');
    await copyFile(resolve(path, own), set.GIT_INDEX_FILE);
    const list = join(folder, 'names');
    await writeFile(list, names.join('\0'));
    await mutateGit(
      [
        '-c',
        'core.hooksPath=/dev/null',
        '--literal-pathspecs',
        'add',
        '--intent-to-add',
        `--pathspec-from-file=${list}`,
        '--pathspec-file-nul',
      ],
      { cwd: path, env, set },
    );
    return await show(set);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
