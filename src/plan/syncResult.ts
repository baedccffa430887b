/** What became of one tree. */
export const SYNC_OUTCOMES = [
  'current',
  'forwarded',
  'rebased',
  'merged',
  'landed',
  'conflict',
  'failed',
  'skipped',
  'queued',
] as const;
export type SyncOutcome = (typeof SYNC_OUTCOMES)[number];

/** One line of a sync's report; the keys are promises to users (`sync --json`). */
export interface SyncRow {
  readonly id: string;
  readonly outcome: SyncOutcome;
  /** How the base was to be brought in, where that met a conflict; null otherwise. */
  readonly way: 'rebase' | 'merge' | null;
  /** The base for people, `origin/main`; null when it was not looked at. */
  readonly base: string | null;
  /** Commits of the base that came in (or would). */
  readonly brought: number;
  /** Commits of its own that were made anew (rebase), or the one merge. */
  readonly made: number;
  /** Commits of its own that the base had already. */
  readonly dropped: number;
  /** Paths in conflict, or in the way. */
  readonly files: readonly string[];
  /** Why, where there is something to say; completes the line. */
  readonly reason: string | null;
  /** What the user should know besides, a sentence each. */
  readonly notes: readonly string[];
  /** The branch's commit before and after; equal (or null) when it did not move. */
  readonly from: string | null;
  readonly to: string | null;
}

export type SyncResult = Omit<SyncRow, 'id'>;

export interface SyncReport {
  readonly version: 1;
  readonly fleet: string;
  readonly dry_run: boolean;
  readonly sessions: readonly SyncRow[];
  /** Repositories that could not be fetched, with git's reason; what they have now is not known. */
  readonly unreachable: readonly { readonly url: string; readonly reason: string }[];
}

/** A result in which nothing has come about. */
export function nothingDone(outcome: SyncOutcome, more: Partial<SyncResult> = {}): SyncResult {
  return {
    outcome,
    way: null,
    base: null,
    brought: 0,
    made: 0,
    dropped: 0,
    files: [],
    reason: null,
    notes: [],
    from: null,
    to: null,
    ...more,
  };
}

/** True when `sync` ends with exit code 1: a session could not be synced, or nobody knows what is new. */
export function hasFailed({ sessions, unreachable }: Pick<SyncReport, 'sessions' | 'unreachable'>): boolean {
  return unreachable.length > 0 || sessions.some(({ outcome }) => outcome === 'conflict' || outcome === 'failed');
}

/** Files that a line names. */
export const SHOWN_FILES = 5;

/** True when the branch has what the base has, now. */
export function isInSync({ outcome }: Pick<SyncRow, 'outcome'>): boolean {
  return outcome === 'current' || outcome === 'forwarded' || outcome === 'rebased' || outcome === 'merged';
}
