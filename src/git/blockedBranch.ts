import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { blocksBranch } from '../layout/branchName.ts';
import type { Env } from '../store/paths.ts';
import { readPlace } from './gitDir.ts';
import { mirrorPath } from './mirror.ts';
import { readRefs } from './mirrorRefs.ts';
import { readRefTable } from './refFiles.ts';

/** A branch of `names` beside which git keeps no `branch`, here or on a remote; null when there is none. */
export function findBlocking(branch: string, names: readonly string[]): string | null {
  return names.includes(branch) ? null : (names.find((name) => blocksBranch(name, branch)) ?? null);
}

/** Throws a UserError for a branch that can never be pushed, because of a branch that origin has. */
export function refuseBlocked(branch: string, origins: readonly string[]): void {
  const blocking = findBlocking(branch, origins);
  if (blocking === null) return;
  const other = otherName(branch, origins);
  throw new UserError(describeBlocked(branch, blocking), {
    hint: `name another one: branch: ${oneLine(other)} in the layout; with add and task: --branch ${oneLine(other)}`,
  });
}

/** Completes a sentence or is one: `the branch "feature/api" can never be pushed: origin has the branch "feature"`. */
export function describeBlocked(branch: string, blocking: string): string {
  return `the branch "${oneLine(branch)}" can never be pushed: origin has the branch "${oneLine(blocking)}", and git keeps no two branches of which one is the folder of the other`;
}

/** The same name without folders; counted up where that is blocked or taken too. */
export function otherName(branch: string, taken: readonly string[]): string {
  const plain = branch.replaceAll('/', '-');
  let other = plain;
  for (let count = 2; taken.some((name) => name === other || blocksBranch(name, other)); count++)
    other = `${plain}-${count}`;
  return other;
}

/** Throws a UserError when a repository has a branch, its own or of origin as it last saw it, beside which there can be no `branch`. */
export async function refuseBlockedIn(tree: string, branch: string, env: Env): Promise<void> {
  refuseBeside(tree, branch, await readBranches(tree, env));
}

/** The same with what origin has now. */
export async function refuseBlockedBeside(
  tree: string,
  branch: string,
  { origins, env }: { readonly origins: readonly string[]; readonly env: Env },
): Promise<void> {
  refuseBeside(tree, branch, { own: (await readBranches(tree, env)).own, origins });
}

function refuseBeside(tree: string, branch: string, { own, origins }: KnownBranches): void {
  refuseBlocked(branch, origins);
  const blocking = findBlocking(branch, own);
  if (blocking === null) return;
  throw new UserError(
    `the branch "${oneLine(branch)}" cannot be made in "${tree}": it has the branch "${oneLine(blocking)}", and git keeps no two branches of which one is the folder of the other`,
    { hint: `name another one: ${oneLine(otherName(branch, [...own, ...origins]))}` },
  );
}

export interface KnownBranches {
  readonly own: readonly string[];
  /** As the last fetch left them. */
  readonly origins: readonly string[];
}

/** The branches of a repository and those of origin that it knows. */
export async function readBranches(tree: string, env: Env): Promise<KnownBranches> {
  const place = await readPlace(tree);
  const names = place.kind === 'repository' ? [...(await readRefTable(place.gitDir, env)).ids.keys()] : [];
  const below = (folder: string): readonly string[] =>
    names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length));
  return { own: below('refs/heads/'), origins: below('refs/remotes/origin/').filter((name) => name !== 'HEAD') };
}

/** The branches of a repository on its remote, as its mirror has them; null without a mirror that can be read. */
export async function readMirrored(
  repo: string,
  { store, env }: { readonly store: { readonly cache: string }; readonly env: Env },
): Promise<readonly string[] | null> {
  const path = mirrorPath(repo, store.cache);
  if (!existsSync(join(path, 'HEAD'))) return null;
  const names = (await readRefs(path, env)).branches.map(({ name }) => name);
  return names.length === 0 ? null : names;
}
