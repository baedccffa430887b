import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { copyIgnored } from './copyFiles.ts';
import { readIgnored } from './ignored.ts';
import { readGit } from './run/ask.ts';

/** What the user allowed Claude for good in a project, beside the project's own settings; Claude has git ignore it (2.1.197). */
const LOCAL_SETTINGS = join('.claude', 'settings.local.json');

interface Search {
  /** Folders of the tree that agents start in, relative, '' for its root: Claude looks for settings where it starts. */
  readonly dirs: readonly string[];
  readonly env: Env;
}

/** The checkout's local settings that git ignores, relative. Tracked ones come with a clone, and what is merely untracked would count as its change. */
export async function findLocalSettings(checkout: string, { dirs, env }: Search): Promise<readonly string[]> {
  return readIgnored(
    checkout,
    [...new Set(['', ...dirs])].map((dir) => join(dir, LOCAL_SETTINGS)),
    env,
  );
}

/** True unless the local settings of the checkout's root are in git, and so the repository's word instead of the user's. */
export async function areLocalSettingsOwn(checkout: string, env: Env): Promise<boolean> {
  return (await readGit(['ls-files', '--', `:(top,literal)${LOCAL_SETTINGS}`], { cwd: checkout, env })) === '';
}

interface Carrying {
  readonly names: readonly string[];
  readonly checkout: string | null;
  readonly env: Env;
}

/** Copies them into a new tree, over nothing that is there. Resolves to those it brought, and to a sentence for each it did not. */
export async function carryLocalSettings(
  tree: string,
  { names, checkout, env }: Carrying,
): Promise<{ readonly carried: readonly string[]; readonly notes: readonly string[] }> {
  if (checkout === null || names.length === 0) return { carried: [], notes: [] };
  const { done, kept, refused, nowhere } = await copyIgnored(names, { checkout, tree, env });
  const notes = [
    ...[...kept, ...refused].map((name) => `${name} was not carried over: the clone has its own`),
    ...nowhere.map((name) => `${name} was not carried over: it is a link that leads nowhere`),
  ];
  return { carried: done, notes };
}
