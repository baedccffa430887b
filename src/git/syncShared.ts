import { makeAskedOnce, type AskedOnce } from './askedOnce.ts';
import type { CommitObject } from './commitObject.ts';
import { dropNews, type News } from './mirrorNews.ts';
import type { ConfigEntry } from './run/environment.ts';

/** What the trees of one sync ask git for only once between them. */
export interface SyncShared {
  /** Packs of what clones lack of a mirror. */
  readonly news: News;
  /** What is set in a tree, by what its own configuration says. */
  readonly settings: AskedOnce<readonly ConfigEntry[]>;
  /** Commits, by their ids. */
  readonly commits: AskedOnce<readonly CommitObject[]>;
  /** `git var GIT_COMMITTER_IDENT`, by the settings it comes from. */
  readonly idents: AskedOnce<string>;
  /** Whether a commit names files that Git LFS keeps. */
  readonly largeFiles: AskedOnce<boolean>;
}

export function makeSyncShared(): SyncShared {
  return {
    news: makeAskedOnce(),
    settings: makeAskedOnce(),
    commits: makeAskedOnce(),
    idents: makeAskedOnce(),
    largeFiles: makeAskedOnce(),
  };
}

/** Removes what was made for the run. */
export async function closeSyncShared({ news }: SyncShared): Promise<void> {
  await dropNews(news);
}
