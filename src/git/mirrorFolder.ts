import { appendFile, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { renderConfig } from './config.ts';
import { plumb } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';
import { gitError } from './run/start.ts';

/** Begins the names of folders in a mirror in which a sync keeps packs for the clones while it runs. */
export const NEWS = 'claude-tmux-news-';

interface Context {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/** What objects are named by; a repository has one for good, and fetches from none that has the other. */
export type Hash = 'sha1' | 'sha256';

/**
 * Makes sure that a usable bare repository stands at `path`; true when it is new (or made anew because it was damaged).
 * Call it under the mirror's lock.
 */
export async function prepareMirror(path: string, hashOf: () => Promise<Hash>, context: Context): Promise<boolean> {
  await clearLeftovers(path);
  if ((await exists(path)) && (await isWhole(path, context.env))) return false;
  await remakeMirror(path, await hashOf(), context);
  return true;
}

/** An empty mirror in the place of what is there. Call it under the mirror's lock. */
export async function remakeMirror(path: string, hash: Hash, context: Context): Promise<void> {
  await removeMirror(path);
  await makeMirror(path, hash, context);
}

/** Deletes a mirror and nothing else. Call it under the mirror's lock. */
export async function removeMirror(path: string): Promise<void> {
  if (basename(dirname(path)) !== 'mirrors' || !path.endsWith('.git')) throw new Error(`not a mirror: ${path}`);
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** Arguments that act on a mirror: named, because `safe.bareRepository = explicit` (git 2.38) forbids finding one by its folder. */
export function inMirror(path: string, args: readonly string[]): string[] {
  return ['--git-dir', path, ...args];
}

/**
 * `gc.auto` off: gc deletes files that a clone is just being linked to. One pack for each fetch however small: a loose object is a
 * file to link for each clone.
 */
const SETTINGS = [
  { key: 'gc.auto', value: '0' },
  { key: 'maintenance.auto', value: 'false' },
  { key: 'fetch.unpackLimit', value: '1' },
  { key: 'core.logAllRefUpdates', value: 'false' },
];

async function makeMirror(path: string, hash: Hash, { env, signal }: Context): Promise<void> {
  const temporary = await mkdtemp(`${path}.new-`);
  try {
    // An empty template: hooks of the user's template have no business here.
    // The option is of git 2.29, and so is the hash.
    const format = hash === 'sha1' ? [] : [`--object-format=${hash}`];
    await mutateGit(['init', '--quiet', '--bare', '--template=', ...format, '.'], { cwd: temporary, env, signal });
    await appendFile(join(temporary, 'config'), renderConfig(SETTINGS));
    await rename(temporary, path);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/**
 * Every branch and tag leads to an object that is there; a ref that holds nothing (a power cut) git only warns of. Damage further down
 * shows when git follows it (isDamaged).
 */
async function isWhole(path: string, env: Env): Promise<boolean> {
  const { code, stderr } = await plumb(inMirror(path, ['for-each-ref', '--format=%(objecttype)']), {
    cwd: '/',
    env,
    timeoutMs: 60_000,
  });
  // An exit code is an answer about this folder; no answer at all is none.
  if (code === null) throw gitError(['for-each-ref'], { code, stderr });
  return code === 0 && !/ignoring (broken|dangling) ref|bad ref/.test(stderr);
}

/** True when the mirror's own objects and refs do not hold together; looks at all of them, so only when something went wrong. */
export async function isDamaged(path: string, env: Env): Promise<boolean> {
  const { code } = await plumb(inMirror(path, ['fsck', '--full', '--no-dangling', '--no-progress']), {
    cwd: '/',
    env,
    timeoutMs: 600_000,
  });
  return code !== null && code !== 0;
}

/** What a killed fetch left behind: locks that would stop the next one, half packs that would be linked into each clone. Call it under the lock. */
export async function clearLeftovers(path: string): Promise<void> {
  const packs = join(path, 'objects', 'pack');
  const half = (await list(packs))
    .filter((name) => name.startsWith('tmp_') || name.startsWith('.tmp-'))
    .map((name) => join(packs, name));
  const locks = ['packed-refs.lock', 'HEAD.lock', 'config.lock', 'shallow.lock'].map((name) => join(path, name));
  const refLocks = (await list(join(path, 'refs'), true))
    .filter((name) => name.endsWith('.lock'))
    .map((name) => join(path, 'refs', name));
  for (const file of [...half, ...locks, ...refLocks]) await rm(file, { force: true });
  for (const name of (await list(path)).filter((each) => each.startsWith(NEWS)))
    await rm(join(path, name), { recursive: true, force: true });
  for (const name of await list(dirname(path))) {
    if (name.startsWith(`${basename(path)}.new-`))
      await rm(join(dirname(path), name), { recursive: true, force: true });
  }
}

async function list(folder: string, recursive = false): Promise<string[]> {
  try {
    return await readdir(folder, { recursive });
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
