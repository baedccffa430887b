import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { output } from './run.ts';
import type { Environment } from './sandbox.ts';

interface RepoOptions {
  readonly env: Environment;
  /** Text by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly branch?: string;
}

/** A git repository with one commit on `branch` (default `main`). */
export async function makeRepo(
  path: string,
  { env, files = { 'README.md': '# A project\n' }, branch = 'main' }: RepoOptions,
): Promise<void> {
  await mkdir(path, { recursive: true });
  await initRepo(path, { env, branch });
  for (const [name, text] of Object.entries(files)) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await git(path, ['add', '-A'], env);
  await git(path, ['commit', '-q', '--allow-empty', '-m', 'First commit'], env);
}

/** `git init -b`, which git has from 2.28 on only. */
export async function initRepo(
  path: string,
  { env, branch = 'main' }: Pick<RepoOptions, 'env' | 'branch'>,
): Promise<void> {
  await git(path, ['init', '-q'], env);
  await git(path, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`], env);
}

/** stdout of `git args` run in `cwd`, without the last newline. */
export async function git(cwd: string, args: readonly string[], env: Environment): Promise<string> {
  const text = await output('git', args, { env, cwd });
  return text.replace(/\n$/, '');
}
