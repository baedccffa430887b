import { createHash } from 'node:crypto';
import type { SyncFacts } from '../plan/syncDecision.ts';
import { readConfig } from './config.ts';
import { inSpace, type ObjectSpace } from './objectSpace.ts';
import { readRefTable, type RefTable } from './refFiles.ts';
import { plumb } from './run/ask.ts';
import type { Against } from './treeStatus.ts';

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
  readonly commits: readonly Own[];
  /** True when origin has other commits of this branch than the clone: that is not sync's to settle. */
  readonly diverged: boolean;
}

interface Measured {
  readonly gitDir: string;
  readonly branch: string;
  readonly head: string;
  readonly tips: SyncTips;
  readonly refs: RefTable;
  /** How `head` stands to the base, when git has said so in passing. */
  readonly counts: Against | null;
}

/** Measures how `head` stands to the tips. Reads only; the commits may lie anywhere the space sees. */
export async function readSyncPoint(space: ObjectSpace, measured: Measured): Promise<SyncPoint> {
  const { branch, head, tips, refs } = measured;
  const { upstream, base, label } = tips;
  const apart = upstream === null ? NONE : await readDistance(space, head, upstream);
  const isFurther = upstream !== null && apart.left === 0 && apart.right > 0;
  const start = isFurther ? upstream : head;
  const near = (isFurther ? null : await compareUnpushed(space, measured)) ?? (await compare(space, start, base));
  const { common } = near;
  const old = common === null ? null : await findOldBase(space, { branch, start, common, tips, refs });
  const not = [base, ...(old === null ? [] : [old])];
  const own = old === null ? near.own : await listOwn(space, start, not);
  const pushed =
    near.pushed ?? (near.behind > 0 && (await isAnyPushed(space, { start, own: own.length, not, upstream })));
  const facts = {
    base: label,
    own: own.length,
    behind: near.behind,
    ahead: isFurther ? apart.right : 0,
    pushed,
    merges: own.some(({ parents }) => parents.length > 1),
    rewritten: old !== null,
    related: common !== null,
  };
  return { facts, start, commits: own, diverged: apart.left > 0 && apart.right > 0 };
}

const NONE = { left: 0, right: 0 };

/** Commits that only the one has, and only the other. */
async function readDistance(space: ObjectSpace, left: string, right: string): Promise<typeof NONE> {
  if (left === right) return NONE;
  const [first = 0, second = 0] = (await inSpace(space, ['rev-list', '--count', '--left-right', `${left}...${right}`]))
    .split(/\s+/)
    .map(Number);
  return { left: first, right: second };
}

/** A commit of the branch that the base does not have. */
export interface Own {
  readonly id: string;
  readonly parents: readonly string[];
}

interface Near {
  /** Commits of the branch that the base lacks, oldest first. */
  readonly own: readonly Own[];
  /** Commits of the base that the branch lacks. */
  readonly behind: number;
  /** The commit they part at; null when they have none in common. */
  readonly common: string | null;
  /** Whether a remote-tracking branch leads to an own commit; null when that is still to be asked. */
  readonly pushed: boolean | null;
}

/**
 * For a branch of which nothing is pushed, as most are: the commits that no remote-tracking branch has are then as many as the base lacks,
 * so they are the same. Null for any other, and when the base was moved since it was read.
 */
async function compareUnpushed(space: ObjectSpace, { gitDir, head, tips, counts }: Measured): Promise<Near | null> {
  if (counts === null || tips.ref === null) return null;
  const { own, border } =
    counts.own === 0 ? { own: [], border: [head] } : await walk(space, [head, '--not', '--remotes']);
  const isStill = (await readRefTable(gitDir, space.place.env)).ids.get(tips.ref) === tips.base;
  return !isStill || own.length !== counts.own
    ? null
    : {
        own,
        behind: counts.behind,
        common: counts.behind === 0 ? tips.base : await partAt(space, border, [head, tips.base]),
        pushed: false,
      };
}

/** Both sides in one walk. */
async function compare(space: ObjectSpace, start: string, base: string): Promise<Near> {
  const { own, behind, border } = await walk(space, ['--left-right', `${start}...${base}`]);
  const common = own.length === 0 ? start : behind === 0 ? base : await partAt(space, border, [start, base]);
  return { own, behind, common, pushed: null };
}

/** The commits of a range, oldest first, and its border: parents of theirs that lie outside. */
async function walk(
  space: ObjectSpace,
  range: readonly string[],
): Promise<{ readonly own: readonly Own[]; readonly behind: number; readonly border: readonly string[] }> {
  const lines = (await inSpace(space, ['rev-list', '--boundary', '--parents', '--topo-order', ...range]))
    .split('\n')
    .filter((line) => line !== '');
  const own = lines
    .filter((line) => /^<?[0-9a-f]/.test(line))
    .map((line) => line.replace('<', '').split(' '))
    .map(([id = '', ...parents]) => ({ id, parents }));
  return {
    own: own.reverse(),
    behind: lines.filter((line) => line.startsWith('>')).length,
    border: lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1).split(' ')[0] ?? ''),
  };
}

/** Every commit at which two branches part is on the border between them, so one alone is that commit. */
async function partAt(
  space: ObjectSpace,
  border: readonly string[],
  [one, other]: readonly [string, string],
): Promise<string | null> {
  return border.length > 1 ? askLine(space, ['merge-base', one, other]) : (border[0] ?? null);
}

/** True when a remote-tracking branch leads to one of the own commits. */
async function isAnyPushed(
  space: ObjectSpace,
  {
    start,
    own,
    not,
    upstream,
  }: {
    readonly start: string;
    readonly own: number;
    readonly not: readonly string[];
    readonly upstream: string | null;
  },
): Promise<boolean> {
  if (own === 0) return false;
  return (
    start === upstream ||
    (await countCommits(space, [start, '--not', ...not, ...(upstream === null ? [] : [upstream]), '--remotes'])) < own
  );
}

/** The ref under which a tree keeps the base of its last sync, so that git keeps the commit when the base is force-pushed. Not shared between worktrees (git 2.20). */
export function baseRef(label: string): string {
  return `refs/worktree/claude-tmux/base-${createHash('sha256').update(label).digest('hex').slice(0, 12)}`;
}

interface Search {
  readonly branch: string;
  readonly refs: RefTable;
  readonly start: string;
  readonly common: string;
  readonly tips: SyncTips;
}

/**
 * The commit of the base that the branch stands on, when the base of today no longer leads to it; null when it does. Known from the
 * last sync, else from the reflogs: the remote-tracking branch's, or the branch's own first entry (a stage starts at its predecessor's tip).
 */
async function findOldBase(space: ObjectSpace, { branch, start, common, tips, refs }: Search): Promise<string | null> {
  const recorded = refs.ids.get(baseRef(tips.label)) ?? null;
  if (recorded === common) return null;
  const known = recorded !== null && (await isAncestor(space, recorded, start)) ? recorded : null;
  const old =
    known ??
    (tips.ref === null
      ? await findCreation(space, branch)
      : await askLine(space, ['merge-base', '--fork-point', tips.ref, start]));
  if (old === null || old === common || (await isAncestor(space, old, tips.base))) return null;
  return (await isAncestor(space, old, start)) ? old : null;
}

/** Where the branch was made; null when it was taken over from origin: then its first commit here is its own work. */
async function findCreation(space: ObjectSpace, branch: string): Promise<string | null> {
  const text = await askLine(space, ['log', '--walk-reflogs', '--format=%H %gs', `refs/heads/${branch}`, '--']);
  const [, commit, how] = /^(\S+) (.*)$/.exec(text?.split('\n').at(-1) ?? '') ?? [];
  return commit !== undefined && how !== undefined && !how.includes('refs/remotes/') ? commit : null;
}

async function listOwn(space: ObjectSpace, start: string, not: readonly string[]): Promise<readonly Own[]> {
  const text = await inSpace(space, ['rev-list', '--reverse', '--topo-order', '--parents', start, '--not', ...not]);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '))
    .map(([id = '', ...parents]) => ({ id, parents }));
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
