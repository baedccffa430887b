import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { explainFailure } from './failure.ts';
import { mutateGit } from './run/mutate.ts';
import { runGitOnTerminal } from './run/terminal.ts';
import { transportEnvironment } from './transport.ts';

export interface SubmoduleOptions {
  readonly env: Env;
  /** Root of the checkout whose way to the remotes is taken; null for none, or when `env` has it already. */
  readonly checkout: string | null;
  readonly onLine: (line: string) => void;
  /** Called with the reason when they are not all there. */
  readonly onLacking?: ((words: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const UPDATE = ['submodule', 'update', '--init', '--recursive', '--progress'];

/**
 * Fetches the submodules of a new tree; git asks nothing, as a progress display may stand on the terminal. One that cannot be had does not
 * spoil the tree (git too leaves the clone standing): the sentence that says so is returned.
 */
export async function addSubmodules(
  tree: string,
  { env, checkout, onLine, onLacking, signal }: SubmoduleOptions,
): Promise<string | null> {
  if (
    !(await access(join(tree, '.gitmodules')).then(
      () => true,
      () => false,
    ))
  )
    return null;
  try {
    await mutateGit(UPDATE, {
      cwd: tree,
      env: await transportEnvironment({ checkout, env, asks: false }),
      onLine,
      signal,
    });
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    const words = lackingWords(error);
    onLacking?.(words);
    return words;
  }
}

/** The same where git has the terminal and may ask for a passphrase; nothing else may draw there meanwhile. */
export async function askForSubmodules(
  tree: string,
  { env, checkout, signal }: Pick<SubmoduleOptions, 'env' | 'checkout' | 'signal'>,
): Promise<string | null> {
  try {
    await runGitOnTerminal(UPDATE, {
      cwd: tree,
      env: await transportEnvironment({ checkout, env, asks: true }),
      signal,
    });
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    return lackingWords(error);
  }
}

function lackingWords(error: unknown): string {
  const told = explainFailure(error, { what: 'its submodules are not all there' });
  return told instanceof Error
    ? `${told.message}; once mended: git submodule update --init --recursive`
    : 'its submodules are not all there';
}

/**
 * Brings the submodules at `paths` to the commits the tree now names. git refuses where one holds changes, and a commit of its own stays
 * on its branch; null when all are there, else the sentence that says so.
 */
export async function followSubmodules(tree: string, paths: readonly string[], env: Env): Promise<string | null> {
  try {
    await mutateGit(['submodule', 'update', '--init', '--recursive', '--', ...paths], {
      cwd: tree,
      env: await transportEnvironment({ checkout: null, env, asks: false }),
      quietMs: 120_000,
    });
    return null;
  } catch (error) {
    const told = explainFailure(error, { what: 'its submodules are not all at the commits the branch names' });
    return told instanceof Error
      ? `${told.message}; once mended: git submodule update --init --recursive`
      : 'its submodules are not all there';
  }
}
