import { appendFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Env } from '../store/paths.ts';
import { readConfig, renderConfig } from './config.ts';
import { isRelative, isSameRepository, redact } from './remoteUrl.ts';
import type { ConfigEntry } from './run/environment.ts';

/**
 * What a clone takes over from the checkout: who commits, how it is signed, which key reaches the remote, which hooks run. Nothing else:
 * other settings may hold secrets or only make sense there.
 */
export const IDENTITY =
  '^(user\\.(name|email|signingkey)|(author|committer)\\.(name|email)|commit\\.gpgsign|tag\\.gpgsign|gpg\\.format|gpg\\.ssh\\..*|core\\.sshcommand)$';
/** Its hooks. */
export const HOOKS = '^core\\.hookspath$';
/** Its remotes; origin is the clone's own. */
export const REMOTES = '^remote\\..*\\.(url|pushurl|fetch|push)$';

export interface Carried {
  /** In force before the files are checked out. */
  readonly before: readonly ConfigEntry[];
  /** Hooks of the checkout, in force afterwards: as in any new clone, none of them runs while it is made. */
  readonly after: readonly ConfigEntry[];
  /** The checkout, when it is one of the same repository. */
  readonly from: string | null;
}

interface CarryOptions {
  readonly checkout: string | null;
  readonly repo: string;
  readonly env: Env;
}

/**
 * What the clone in `tree` lacks of the checkout's identity and remotes: values in force there (`includeIf` of the user's own
 * configuration included) and not here. Nothing when the checkout is of another repository.
 */
export async function readCarried(tree: string, { checkout, repo, env }: CarryOptions): Promise<Carried> {
  if (checkout === null) return { before: [], after: [], from: null };
  const remotes = await readConfig(checkout, REMOTES, env);
  const origin = remotes.find(({ key }) => key === 'remote.origin.url')?.value;
  const source = origin === undefined || isRelative(origin) ? resolve(checkout, origin ?? '.') : origin;
  if (!isSameRepository(source, repo)) return { before: [], after: [], from: null };
  const [identity, hooks] = await Promise.all([
    readDifference(IDENTITY, { tree, checkout, env }),
    readDifference(HOOKS, { tree, checkout, env }),
  ]);
  return { before: [...identity, ...furtherRemotes(remotes, checkout)], after: hooks, from: checkout };
}

export async function writeCarried(gitDir: string, entries: readonly ConfigEntry[]): Promise<void> {
  if (entries.length > 0) await appendFile(join(gitDir, 'config'), renderConfig(entries));
}

/** For people: `user.email = me@example.com`. */
export function describeCarried(entries: readonly ConfigEntry[]): readonly string[] {
  return entries
    .filter(({ key }) => !/^remote\..*\.fetch$/.test(key))
    .map(({ key, value }) => `${key} = ${redact(value)}`);
}

async function readDifference(
  pattern: string,
  { tree, checkout, env }: { readonly tree: string; readonly checkout: string; readonly env: Env },
): Promise<readonly ConfigEntry[]> {
  const [there, here] = await Promise.all([readConfig(checkout, pattern, env), readConfig(tree, pattern, env)]);
  const last = (entries: readonly ConfigEntry[]): ReadonlyMap<string, string> =>
    new Map(entries.map(({ key, value }) => [key, value]));
  const known = last(here);
  return [...last(there)].filter(([key, value]) => known.get(key) !== value).map(([key, value]) => ({ key, value }));
}

/** Every remote but origin, and where origin is pushed to when that is another place. */
function furtherRemotes(remotes: readonly ConfigEntry[], checkout: string): readonly ConfigEntry[] {
  const isUrl = (key: string): boolean => /\.(url|pushurl)$/.test(key);
  return remotes
    .filter(({ key }) => !key.startsWith('remote.origin.') || key === 'remote.origin.pushurl')
    .map(({ key, value }) => ({ key, value: isUrl(key) && isRelative(value) ? resolve(checkout, value) : value }));
}
