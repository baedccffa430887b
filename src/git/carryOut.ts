import { assertNever } from '../base/assertNever.ts';
import type { SyncDecision } from '../plan/syncDecision.ts';
import type { CommitReading, Committer } from './commitObject.ts';
import { proveMerged } from './merged.ts';
import { inSpace, objectPlace, type ObjectSpace } from './objectSpace.ts';
import { mergeCommits, replay, type Outcome } from './replay.ts';
import { mergeInScratch, rebaseInScratch } from './scratchMerge.ts';
import type { SyncPoint, SyncTips } from './syncPoint.ts';

export interface Subject {
  readonly gitDir: string;
  readonly branch: string;
  readonly head: string;
  readonly tips: SyncTips;
  readonly space: ObjectSpace;
  readonly point: SyncPoint;
  /** True where `git replace` has been at work. */
  readonly isReplaced: boolean;
}

export type Way = Exclude<SyncDecision['kind'], 'skip' | 'fail' | 'current'>;

export const DONE = { forward: 'forwarded', rebase: 'rebased', merge: 'merged' } as const;

export const WORDS = { forward: 'to', rebase: 'onto', merge: 'with' } as const;

interface Means {
  readonly mergesTrees: boolean;
  readonly reading: CommitReading;
  /** Asked for only where commits are made. */
  readonly committer: () => Promise<Committer>;
}

export async function carryOut(
  way: Way,
  { branch, gitDir, tips, point, space }: Subject,
  { mergesTrees, reading, committer }: Means,
): Promise<Outcome> {
  const scratch = { space, gitDir, start: point.start, base: tips.base };
  const message = mergeMessage(branch, tips.label);
  switch (way) {
    case 'forward':
      return {
        kind: 'made',
        tip: point.facts.behind === 0 ? point.start : tips.base,
        commits: 0,
        dropped: 0,
        addsNothing: null,
      };
    case 'rebase':
      if (!mergesTrees) return rebaseInScratch(scratch, point.commits);
      return replay(space, { onto: tips.base, commits: point.commits, reading, committer: await committer() });
    case 'merge':
      if (!mergesTrees) return mergeInScratch(scratch, message);
      return mergeCommits(space, { ours: point.start, theirs: tips.base, message, committer: await committer() });
    default:
      return assertNever(way);
  }
}

/** As git words it. */
function mergeMessage(branch: string, label: string): string {
  const what = label.startsWith('origin/')
    ? `remote-tracking branch '${label}'`
    : `branch '${label.replaceAll('"', '')}'`;
  return `Merge ${what} into ${branch}\n`;
}

/** A squash or rebase merge has other commits than the branch, so it can only be told by content. */
export async function isLanded(outcome: Outcome, { tips, point, space }: Subject): Promise<boolean> {
  if (point.facts.own === 0) return false;
  const isSame =
    outcome.kind === 'made' && (outcome.addsNothing ?? (await haveSameTree(space, outcome.tip, tips.base)));
  return (
    (isSame || outcome.kind === 'conflict') &&
    (await proveMerged(point.start, [{ id: tips.base, label: tips.label }], objectPlace(space))) !== null
  );
}

async function haveSameTree(space: ObjectSpace, one: string, other: string): Promise<boolean> {
  const [first, second] = (await inSpace(space, ['rev-parse', `${one}^{tree}`, `${other}^{tree}`])).split('\n');
  return first === second;
}
