import { existsSync } from 'node:fs';
import { claudeConfigPath, readProjects, type ClaudeHome } from '../agent/claudeConfig.ts';
import type { Account } from '../agent/claudeFolders.ts';
import { isTrustedByClaude } from '../agent/claudeTrust.ts';
import { readProjectGrants, type ProjectGrants } from '../agent/projectGrants.ts';
import type { Context } from '../apply/context.ts';
import { trustPlace } from '../apply/trustPlace.ts';
import { findLocalSettings } from '../git/localSettings.ts';
import { isSameRepository } from '../git/remoteUrl.ts';
import { treeOwnerId, type Layout, type Pane } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';

/** A folder in which Claude Code would ask whether it is trusted, or (`findTrusted`) asks no more. */
export interface Untrusted {
  readonly whose: ClaudeHome;
  /** Claude Code's file, and the entry in it that the answer is kept in. */
  readonly file: string;
  readonly key: string;
  readonly repo: string;
  /** What its settings would permit; of a tree that is not there yet, those of the checkout. */
  readonly grants: ProjectGrants;
}

interface Search {
  readonly layout: Layout;
  /** Those whose Claude Code is to start. */
  readonly panes: readonly Pane[];
  /** By pane id. */
  readonly accounts: Readonly<Record<string, Account>>;
  readonly checkout: World['checkout'];
  /** Files with what the user allowed, which new trees get from the checkout; relative. */
  readonly own: readonly string[];
}

/** The folders that these panes' Claude Code would ask about. A tree that is still to be made, and is not of the checkout's repository, is left out. */
export async function findUntrusted(context: Context, search: Search): Promise<readonly Untrusted[]> {
  return once(await Promise.all(groupByTree(context, search).map((group) => untrustedIn(group, search))));
}

/** The folders in which it starts without asking. What the user allowed in a clone while working there, and git does not have, is no grant of others. */
export async function findTrusted(context: Context, search: Search): Promise<readonly Untrusted[]> {
  const groups = groupByTree(context, search).filter(({ tree }) => existsSync(tree));
  return once(await Promise.all(groups.map((group) => trustedIn(context, group, search.own))));
}

/** The same of one tree, whatever its layout says now. */
export async function trustedIn(context: Context, group: Group, own: readonly string[]): Promise<readonly Untrusted[]> {
  const local = await findLocalSettings(group.tree, { dirs: group.dirs, env: context.env });
  return placesIn(group, { tree: group.tree, around: group.tree, own: [...own, ...local], isTrusted: true });
}

function once(found: readonly (readonly Untrusted[])[]): readonly Untrusted[] {
  return [...new Map(found.flat().map((one) => [JSON.stringify([one.file, one.key]), one])).values()];
}

/** Panes of one tree and one account. */
export interface Group {
  readonly tree: string;
  readonly repo: string;
  readonly whose: ClaudeHome;
  /** Where they start, relative to the tree. */
  readonly dirs: readonly string[];
}

function groupByTree(context: Context, { layout, panes, accounts }: Search): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const pane of panes) {
    const whose = { account: accounts[pane.id] ?? '', home: context.home };
    if (takesNothingOnTrust({ ...context.env, ...pane.env })) continue;
    const place = treeOf(layout, pane);
    if (place === null) continue;
    const key = JSON.stringify([place.tree, claudeConfigPath(whose)]);
    groups.set(key, { ...place, whose, dirs: [...(groups.get(key)?.dirs ?? []), pane.dir] });
  }
  return [...groups.values()];
}

/** Claude Code then asks nothing, and takes nothing on trust (2.1.332). */
export function takesNothingOnTrust(env: Context['env']): boolean {
  return env['CLAUDE_CODE_SANDBOXED'] === '1';
}

/** The tree that a pane works in, and its repository; null where that is no folder that is known. */
export function treeOf(layout: Layout, pane: Pane): Pick<Group, 'tree' | 'repo'> | null {
  const owner = layout.panes.find(({ id }) => id === treeOwnerId(pane)) ?? pane;
  if (owner.tree.kind === 'own') return { tree: owner.tree.spec.path, repo: owner.tree.spec.repo };
  const tree = owner.tree.kind === 'checkout' ? owner.tree.path : layout.checkout;
  return tree === null ? null : { tree, repo: layout.repo };
}

async function untrustedIn(group: Group, { layout, checkout, own }: Search): Promise<readonly Untrusted[]> {
  const { tree, repo } = group;
  const isMade = existsSync(tree);
  const isOfCheckout = checkout !== null && isSameRepository(checkout.origin ?? checkout.root, repo);
  if (!isMade && !isOfCheckout) return [];
  // A worktree that is to be made will be one of the checkout's repository.
  const around = !isMade && layout.isolation === 'worktree' ? (layout.checkout ?? tree) : tree;
  return placesIn(group, { tree: isMade ? tree : (checkout?.root ?? tree), around, own, isTrusted: false });
}

interface Places {
  /** The tree whose files count. */
  readonly tree: string;
  /** Where Claude Code looks for the repository. */
  readonly around: string;
  readonly own: readonly string[];
  readonly isTrusted: boolean;
}

async function placesIn(
  { repo, whose, dirs }: Group,
  { tree, around, own, isTrusted }: Places,
): Promise<readonly Untrusted[]> {
  const grants = await readProjectGrants(tree, { dirs, own });
  const projects = readProjects(whose);
  const places = await Promise.all([...new Set(dirs)].map((dir) => trustPlace(around, dir)));
  const file = claudeConfigPath(whose);
  return places
    .filter((place) => isTrustedByClaude(place, { projects, isGated: grants.isGated }) === isTrusted)
    .map(({ key }) => ({ whose, file, key, repo, grants }));
}
