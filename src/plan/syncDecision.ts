import { assertNever } from '../base/assertNever.ts';
import { plural } from '../base/text.ts';
import type { SyncSettings } from '../layout/layout.ts';

export type SyncMode = SyncSettings['strategy'];

/** How a branch stands to the base that is to be brought in. */
export interface SyncFacts {
  /** The base for people: `origin/main`. */
  readonly base: string;
  /** Commits of the branch that the base (as it is, and as it was) does not have. */
  readonly own: number;
  /** Commits of the base that the branch does not have. */
  readonly behind: number;
  /** True when somebody else may have one of its own commits: a remote-tracking branch leads to it. Not looked into where nothing is to be brought in. */
  readonly pushed: boolean;
  /** True when one of its own commits is a merge. */
  readonly merges: boolean;
  /** True when the base no longer leads to the commit that the branch stands on: it was force-pushed. */
  readonly rewritten: boolean;
  /** False when base and branch have no commit in common. */
  readonly related: boolean;
  /** Commits that the branch has on origin and not here; the sync starts from them when nothing here is missing there. */
  readonly ahead: number;
}

export type SyncDecision =
  /** Nothing to bring in. */
  | { readonly kind: 'current' }
  /** The branch only moves forward. */
  | { readonly kind: 'forward' }
  | { readonly kind: 'rebase' }
  | { readonly kind: 'merge' }
  /** Not a thing sync decides. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** It was asked for and cannot be done. */
  | { readonly kind: 'fail'; readonly reason: string };

/** What bringing the base in means for a branch; every reason completes `"api" …`. */
export function decideSync(facts: SyncFacts, mode: SyncMode): SyncDecision {
  const { base, own, behind, ahead, rewritten, related } = facts;
  if (!related) return { kind: 'fail', reason: `has no commit in common with ${base}` };
  if (behind === 0) return ahead > 0 ? { kind: 'forward' } : { kind: 'current' };
  if (own === 0 && !rewritten) return { kind: 'forward' };
  switch (mode) {
    case 'ff-only':
      return {
        kind: 'fail',
        reason: rewritten
          ? `cannot be fast-forwarded: ${base} was rewritten`
          : `cannot be fast-forwarded: it has ${plural(own, 'commit')} of its own`,
      };
    case 'merge':
      return { kind: 'merge' };
    case 'rebase':
      return facts.merges
        ? {
            kind: 'fail',
            reason: 'has merges among its own commits, which a rebase would flatten; --mode merge keeps them',
          }
        : { kind: 'rebase' };
    case 'auto':
      return automatic(facts);
    default:
      return assertNever(mode);
  }
}

/** What others may have is not rewritten, and a merge that somebody resolved is not made again commit by commit. */
function automatic({ base, pushed, merges, rewritten }: SyncFacts): SyncDecision {
  if (!pushed && !merges) return { kind: 'rebase' };
  if (!rewritten) return { kind: 'merge' };
  return {
    kind: 'skip',
    reason: `stands on commits that ${base} no longer has, and ${pushed ? 'is pushed' : 'holds merges'}: choose with --mode rebase or --mode merge`,
  };
}
