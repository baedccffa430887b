import { createHash } from 'node:crypto';
import type { SyncFacts } from '../plan/syncDecision.ts';
import { readConfig } from './config.ts';
import { inSpace, type ObjectSpace } from './objectSpace.ts';
import { plumb } from './plumbing.ts';

/** What is brought in, and what origin has of the branch itself. */
export interface SyncTips {
  /** The base for people: `origin/main`, `"plan"`. */
  readonly label: string;
  /** The base's commit. */
  readonly base: string;
  /** The remote-tracking branch whose reflog tells where the base was before; null for a predecessor's tip. */
  readonly ref: string | null;
  /** Commit of the branch on origin; null when it is not there, or is the base itself. */
  readonly upstream: string | null;
}

/** A branch and its base, measured. */
export interface SyncPoint {
  readonly facts: SyncFacts;
  /** Where the branch starts from: its own tip, or origin's when that is only further on. */
  readonly start: string;
  /** Commits of its own, oldest first. */
  readonly commits: readonly string[];
  /** True when origin has other commits of this branch than the clone: that is not sync's to settle. */
  readonly diverged: boolean;
}

/** Measures how `head` stands to the tips. Reads only; the commits may lie anywhere the space sees. */
export async function readSyncPoint(space: ObjectSpace, { branch, head, tips }: { readonly branch: string; readonly head: string; readonly tips: SyncTips }): Promise<SyncPoint> {
  const { upstream, base, label } = tips;
  const isFurther = upstream !== null && upstream !== head && (await isAncestor(space, head, upstream));
  const diverged = upstream !== null && !isFurther && upstream !== head && !(await isAncestor(space, upstream, head));
  const start = isFurther ? upstream : head;
  const common = await askLine(space, ['merge-base', start, base]);
  const old = common === null ? null : await findOldBase(space, { branch, start, common, tips });
  const not = [base, ...(old === null ? [] : [old])];
  const own = await listOwn(space, start, not);
  const [behind, ahead, unpushed] = await Promise.all([
    countCommits(space, [base, '--not', start]),
    isFurther ? countCommits(space, [start, '--not', head]) : 0,
    own.length === 0 ? 0 : countCommits(space, [start, '--not', ...not, ...(upstream === null ? [] : [upstream]), '--remotes']),
  ]);
  const facts = { base: label, own: own.length, behind, ahead, pushed: unpushed < own.length, merges: own.some(({ parents }) => parents > 1), rewritten: old !== null, related: common !== null };
  return { facts, start, commits: own.map(({ id }) => id), diverged };
}

/** The ref under which a tree keeps the base of its last sync, so that git keeps the commit when the base is force-pushed. Not shared between worktrees (git 2.20). */
export function baseRef(label: string): string {
  return `refs/worktree/claude-tmux/base-${createHash('sha256').update(label).digest('hex').slice(0, 12)}`;
}

interface Search {
  readonly branch: string;
  readonly start: string;
  readonly common: string;
  readonly tips: SyncTips;
}

/**
 * The commit of the base that the branch stands on, when the base of today no longer leads to it; null when it does. Known from the
 * last sync, else from the reflogs: the remote-tracking branch's, or the branch's own first entry (a stage starts at its predecessor's tip).
 */
async function findOldBase(space: ObjectSpace, { branch, start, common, tips }: Search): Promise<string | null> {
  const recorded = await askLine(space, ['rev-parse', '--verify', '--quiet', `${baseRef(tips.label)}^{commit}`]);
  if (recorded === common) return null;
  const known = recorded !== null && (await isAncestor(space, recorded, start)) ? recorded : null;
  const old = known ?? (tips.ref === null ? await findCreation(space, branch) : await askLine(space, ['merge-base', '--fork-point', tips.ref, start]));
  if (old === null || old === common || (await isAncestor(space, old, tips.base))) return null;
  return (await isAncestor(space, old, start)) ? old : null;
}

/** Where the branch was made; null when it was taken over from origin: then its first commit here is its own work. */
async function findCreation(space: ObjectSpace, branch: string): Promise<string | null> {
  const text = await askLine(space, ['log', '--walk-reflogs', '--format=%H %gs', `refs/heads/${branch}`, '--']);
  const [, commit, how] = /^(\S+) (.*)$/.exec(text?.split('\n').at(-1) ?? '') ?? [];
  return commit !== undefined && how !== undefined && !how.includes('refs/remotes/') ? commit : null;
}

async function listOwn(space: ObjectSpace, start: string, not: readonly string[]): Promise<readonly { readonly id: string; readonly parents: number }[]> {
  const text = await inSpace(space, ['rev-list', '--reverse', '--topo-order', '--parents', start, '--not', ...not]);
  return text.split('\n').filter((line) => line !== '').map((line) => ({ id: line.split(' ')[0] ?? '', parents: line.split(' ').length - 1 }));
}

async function countCommits(space: ObjectSpace, range: readonly string[]): Promise<number> {
  return Number(await inSpace(space, ['rev-list', '--count', ...range]));
}

/** True when `older` leads to nothing that `newer` does not. */
async function isAncestor({ place }: ObjectSpace, older: string, newer: string): Promise<boolean> {
  return older === newer || (await plumb(['merge-base', '--is-ancestor', older, newer], place)).code === 0;
}

/** Null for "no". */
async function askLine({ place }: ObjectSpace, args: readonly string[]): Promise<string | null> {
  const { code, stdout } = await plumb(args, place);
  const text = stdout.toString('utf8').trim();
  return code === 0 && text !== '' ? text : null;
}

/** True when the tree's repository is known to hold only a part of the history. */
export async function isPartial(space: ObjectSpace): Promise<boolean> {
  const promisor = await readConfig(space.place.cwd, '^remote\\..*\\.promisor$', space.place.env);
  return promisor.length > 0 || (await askLine(space, ['rev-parse', '--is-shallow-repository'])) === 'true';
}
