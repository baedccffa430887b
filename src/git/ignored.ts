import { spawn } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { belowCeiling } from './ceiling.ts';
import { gitEnvironment } from './environment.ts';
import { gitMissing, readGit } from './git.ts';

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
  const named = (await readGit(args, { cwd: checkout, env, timeoutMs: 120_000 })).split('\0').filter((name) => name !== '');
  // Without --directory a name with a slash at its end is a repository of its own.
  const wanted = folders ? named : named.filter((name) => !name.endsWith('/'));
  const ignored = await checkIgnore(checkout, wanted, env);
  const whole = wanted.filter((name) => ignored.has(name));
  // A rule may ignore what is in a folder and not the folder: named as a whole, those files are meant.
  const open = wanted.filter((name) => name.endsWith('/') && !ignored.has(name));
  const inside = open.length === 0 ? [] : (await findIgnored(checkout, { globs, folders: false, env })).filter((name) => startsWithOne(name, open) && !startsWithOne(name, whole));
  return [...new Set([...whole.map((name) => name.replace(/\/$/, '')), ...inside])];
}

function startsWithOne(name: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder.endsWith('/') && name.startsWith(folder));
}

/** Those of the paths that are there and that git ignores; a tracked one is not ignored, whatever the rules say. */
export async function readIgnored(checkout: string, names: readonly string[], env: Env): Promise<readonly string[]> {
  const there = names.filter((name) => lstatSync(join(checkout, name), { throwIfNoEntry: false })?.isDirectory() === false);
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
  const args = ['--no-optional-locks', '-C', cwd, 'check-ignore', '-z', '--stdin'];
  const within = belowCeiling(cwd, env);
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: '/', env: gitEnvironment(within), stdio: ['pipe', 'pipe', 'pipe'], timeout: 120_000 });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin.on('error', () => undefined); // its exit code says more
    child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error));
    child.once('close', (code) => {
      // 1: none of them is ignored.
      if (code === 0 || code === 1) resolve(new Set(Buffer.concat(out).toString('utf8').split('\0')));
      else reject(new ProgramError({ argv: ['git', ...args], code, stderr: Buffer.concat(err).toString('utf8') }));
    });
    child.stdin.end(names.map((name) => `${name}\0`).join(''));
  });
}
