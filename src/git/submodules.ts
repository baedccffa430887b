import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { explainFailure } from './failure.ts';
import { mutateGit } from './run/mutate.ts';

/**
 * Fetches the submodules of a new tree. One that cannot be had does not spoil the tree (git too leaves the clone standing):
 * the sentence that says so is returned.
 */
export async function addSubmodules(tree: string, options: { readonly env: Env; readonly onLine: (line: string) => void; readonly signal?: AbortSignal | undefined }): Promise<string | null> {
  const { env, onLine, signal } = options;
  if (!(await access(join(tree, '.gitmodules')).then(() => true, () => false))) return null;
  try {
    await mutateGit(['submodule', 'update', '--init', '--recursive', '--progress'], { cwd: tree, env, onLine, signal });
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    const told = explainFailure(error, { what: 'its submodules are not all there' });
    return told instanceof Error ? `${told.message}; once mended: git submodule update --init --recursive` : 'its submodules are not all there';
  }
}

/**
 * Brings the submodules at `paths` to the commits the tree now names. git refuses where one holds changes, and a commit of its own stays
 * on its branch; null when all are there, else the sentence that says so.
 */
export async function followSubmodules(tree: string, paths: readonly string[], env: Env): Promise<string | null> {
  try {
    await mutateGit(['submodule', 'update', '--init', '--recursive', '--', ...paths], { cwd: tree, env, quietMs: 120_000 });
    return null;
  } catch (error) {
    const told = explainFailure(error, { what: 'its submodules are not all at the commits the branch names' });
    return told instanceof Error ? `${told.message}; once mended: git submodule update --init --recursive` : 'its submodules are not all there';
  }
}
