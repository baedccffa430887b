/** What git says of one working tree, counted in paths: each path once, however many kinds of change it has. */
export interface TreeStatus {
  /** Null when detached. */
  readonly branch: string | null;
  /** Commit id of HEAD; null on an unborn branch. */
  readonly head: string | null;
  /** Changed paths in all: staged, unstaged, untracked, conflicts. */
  readonly changes: number;
  readonly staged: number;
  readonly untracked: number;
  readonly conflicts: number;
  /** Commits against the upstream, else against the base; null when neither can be told. */
  readonly ahead: number | null;
  readonly behind: number | null;
  /** `rebase`, `am`, `merge`, `cherry-pick`, `revert` or `bisect` while one is in progress. */
  readonly operation: string | null;
}
