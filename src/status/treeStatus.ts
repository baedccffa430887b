import type { Porcelain } from './porcelain.ts';

/** What git says of one working tree; `ahead` and `behind` count against the base where there is no upstream, null when neither can be told. */
export interface TreeStatus extends Porcelain {
  /** `rebase`, `am`, `merge`, `cherry-pick`, `revert` or `bisect` while one is in progress. */
  readonly operation: string | null;
  /** What a detached HEAD stands at: a tag, else the beginning of the commit's id; null (or absent, from an older watcher) on a branch. */
  readonly detachedAt?: string | null;
}
