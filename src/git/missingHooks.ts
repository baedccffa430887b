import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { oneLine } from '../base/text.ts';
import { readNames } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { HOOKS } from './carried.ts';
import { readConfig } from './config.ts';
import { readCommonDir, readPlace } from './gitDir.ts';

interface Surroundings {
  /** Root of the checkout whose hooks the user knows; null for none, or one of another repository. */
  readonly checkout: string | null;
  readonly env: Env;
}

/**
 * A sentence for the hooks of the checkout that git does not run in this tree: `core.hooksPath` leads to a folder that the tree lacks (git
 * says nothing then), or they lie in the checkout's `.git/hooks`, which no clone brings along. Null when there are none.
 */
export async function describeMissingHooks(tree: string, { checkout, env }: Surroundings): Promise<string | null> {
  const folder = await hooksFolder(tree, env);
  if (folder !== null) {
    return existsSync(folder.path)
      ? null
      : `hooks are off: core.hooksPath is ${oneLine(folder.written)}, and the clone has no such folder; what makes it in the checkout (npm ci, lefthook install) makes it here too: setup in the layout`;
  }
  if (checkout === null) return null;
  const names = await missingNames(tree, checkout);
  return names.length === 0
    ? null
    : `hooks of the checkout's .git/hooks that the clone does not have, and that do not run in it: ${names.map(oneLine).join(', ')}; what installs them (pre-commit install, lefthook install) does so here too: setup in the layout`;
}

/** git takes a relative one from the root of the work tree. */
async function hooksFolder(
  tree: string,
  env: Env,
): Promise<{ readonly written: string; readonly path: string } | null> {
  const written = (await readConfig(tree, HOOKS, env)).at(-1)?.value ?? '';
  if (written === '') return null;
  const home = env['HOME'] ?? '';
  return { written, path: resolve(tree, written.replace(/^~(?=\/|$)/, home)) };
}

async function missingNames(tree: string, checkout: string): Promise<readonly string[]> {
  const [own, theirs] = await Promise.all([hooksOf(tree), hooksOf(checkout)]);
  return own.folder === theirs.folder ? [] : theirs.names.filter((name) => !own.names.includes(name));
}

async function hooksOf(tree: string): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const place = await readPlace(tree);
  if (place.kind !== 'repository') return { folder: '', names: [] };
  const folder = join(await readCommonDir(place.gitDir), 'hooks');
  return {
    folder,
    names: (await readNames(folder)).filter((name) => !name.includes('.') && isExecutable(join(folder, name))).sort(),
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
