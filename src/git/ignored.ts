import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { plumb, readGit } from './run/ask.ts';
import { gitError } from './run/start.ts';

interface Search {
  /** Patterns as in .gitignore. */
  readonly globs: readonly string[];
  /** True names a folder that is ignored as a whole instead of the files in it. */
  readonly folders: boolean;
  readonly env: Env;
}

/** Files of the checkout that the globs name and git ignores, relative, without a trailing slash. git itself matches the globs. */
export async function findIgnored(checkout: string, { globs, folders, env }: Search): Promise<readonly string[]> {
  if (globs.length === 0) return [];
  const patterns = globs.map((glob) => `--exclude=${glob}`);
  const args = ['ls-files', '--others', '--ignored', '-z', ...(folders ? ['--directory'] : []), ...patterns];
  const named = (await readGit(args, { cwd: checkout, env, timeoutMs: 120_000 }))
    .split('\0')
    .filter((name) => name !== '');
  // Without --directory a name with a slash at its end is a repository of its own.
  const wanted = folders ? named : named.filter((name) => !name.endsWith('/'));
  const ignored = await checkIgnore(checkout, wanted, env);
  const whole = wanted.filter((name) => ignored.has(name));
  // A rule may ignore what is in a folder and not the folder: named as a whole, those files are meant.
  const open = wanted.filter((name) => name.endsWith('/') && !ignored.has(name));
  const inside =
    open.length === 0
      ? []
      : (await findIgnored(checkout, { globs, folders: false, env })).filter(
          (name) => startsWithOne(name, open) && !startsWithOne(name, whole),
        );
  return [...new Set([...whole.map((name) => name.replace(/\/$/, '')), ...inside])];
}

function startsWithOne(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder.endsWith('/') && name.startsWith(folder));
}

/** Those of the paths that are there and that git ignores; a tracked one is not ignored, whatever the rules say. */
export async function readIgnored(checkout: string, names: readonly string[], env: Env): Promise<readonly string[]> {
  const there = names.filter(
    (name) => lstatSync(join(checkout, name), { throwIfNoEntry: false })?.isDirectory() === false,
  );
  const ignored = await checkIgnore(checkout, there, env);
  return there.filter((name) => ignored.has(name));
}

/** Those of the paths that the tree's rules do not ignore. */
export async function readNotIgnored(tree: string, names: readonly string[], env: Env): Promise<readonly string[]> {
  const ignored = await checkIgnore(tree, names, env);
  return names.filter((name) => !ignored.has(name));
}

/** `check-ignore` reads the paths from its input: there may be more than an argument list holds. */
async function checkIgnore(cwd: string, names: readonly string[], env: Env): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const args = ['check-ignore', '-z', '--stdin'];
  const { code, stdout, stderr } = await plumb(args, { cwd, env, input: names.map((name) => `${name}\0`).join('') });
  // 1: none of them is ignored.
  if (code !== 0 && code !== 1) throw gitError(args, { code, stderr });
  return new Set(stdout.toString('utf8').split('\0'));
}
