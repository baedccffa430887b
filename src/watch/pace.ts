/** How often trees are asked, and how many folders are watched. Times are milliseconds. */
export interface TreeLimits {
  /** A git that has not answered by then is ended with SIGTERM. */
  readonly timeoutMs: number;
  /** From the first event to the question: what one save or one git command does comes together. */
  readonly leadMs: number;
  /** Least time between two questions to one tree. */
  readonly gapMs: number;
  /** And this many times what the answer took: with 20, a tree takes at most a twentieth of one core, however busy its agent is. */
  readonly share: number;
  /** Least time between two questions to a tree that cannot be watched. */
  readonly pollMs: number;
  /** Most folders watched in one tree. */
  readonly foldersInTree: number;
  /** Most folders watched in all trees together. */
  readonly folders: number;
}

/** From the end of a question to the start of the next, when something happened meanwhile. */
export function gapAfter(spentMs: number, { gapMs, share }: Pick<TreeLimits, 'gapMs' | 'share'>): number {
  return Math.max(gapMs, share * spentMs);
}

const GROWTH = 1.5;
const MOST_POLL = 12;

/**
 * From the end of a question to the next where nobody tells: half as long again for each answer that brought nothing new,
 * up to twelve times the least (5 s, 7.5 s, 11 s … 60 s); back to the start with a change.
 */
export function pollGap(
  unchanged: number,
  { spentMs, limits }: { readonly spentMs: number; readonly limits: TreeLimits },
): number {
  return Math.max(limits.pollMs * Math.min(GROWTH ** unchanged, MOST_POLL), gapAfter(spentMs, limits));
}

const MOST_DOUBLINGS = 5;

/** From a question without an answer to the next: as long as git was waited for, then twice that (10 s, 20 s … 320 s). */
export function gapAfterSilence(timesSilent: number, { timeoutMs }: Pick<TreeLimits, 'timeoutMs'>): number {
  return timeoutMs * 2 ** Math.min(timesSilent - 1, MOST_DOUBLINGS);
}

/** A watched tree in which nothing happens is asked all the same after this long: 15 quiet ones cost a quarter of a CPU second an hour. */
export function restGap(spentMs: number): number {
  return Math.max(30 * 60_000, 20_000 * spentMs);
}
