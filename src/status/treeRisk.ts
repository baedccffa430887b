import { oneLine, plural } from '../base/text.ts';

/**
 * What would be lost if a tree's folder went. `unknown` stands for a question that nobody could answer: it counts as at risk.
 * Commits that only the reflog still knows (amended, rebased, reset away) are not counted: every rebase leaves some.
 */
export type RiskKind =
  /** Files: changed, in the index, in conflict, new, changed behind git's back (assume-unchanged), copies that differ from the checkout's. */
  | 'uncommitted'
  | 'staged'
  | 'conflict'
  | 'untracked'
  | 'hidden'
  | 'copy'
  /** Files of Git LFS that no other store is known to have. */
  | 'large'
  /** Commits that no remote has, neither as they are nor by content. */
  | 'stash'
  | 'unpushed'
  | 'branch'
  | 'tag'
  | 'ref'
  | 'object'
  | 'detached'
  /** What goes on. */
  | 'operation'
  | 'process'
  | 'worktree'
  | 'unknown';

export interface TreeRisk {
  readonly kind: RiskKind;
  /** The submodule or nested repository it is in, relative to the tree; '' for the tree itself. */
  readonly where: string;
  /** Branch, tag or ref; the operation; the question nobody could answer; null for files. */
  readonly name: string | null;
  /** Files, commits, stashes, processes. */
  readonly count: number;
  /** At most a few of them, for people: paths, `1a2b3c4 subject`, the reason of an `unknown`. */
  readonly samples: readonly string[];
}

/** How many samples a risk carries. */
export const SAMPLES = 3;

/** One line: `3 untracked files: a, b, c`, `2 unpushed commits on "feature/x": 1a2b3c4 Fix it, …`. */
export function describeRisk(risk: TreeRisk): string {
  const more = risk.samples.length > 0 && risk.count > risk.samples.length ? ', …' : '';
  const samples = risk.samples.length === 0 ? '' : `: ${risk.samples.map(oneLine).join(', ')}${more}`;
  const where = risk.where === '' ? '' : ` in "${oneLine(risk.where)}"`;
  return `${what(risk)}${where}${samples}`;
}

/** Kinds that are only counted. */
const COUNTED = {
  uncommitted: ['file with uncommitted changes', 'files with uncommitted changes'],
  staged: ['staged file', 'staged files'],
  conflict: ['file in conflict', 'files in conflict'],
  untracked: ['untracked file', 'untracked files'],
  hidden: ['changed file that git was told not to look at', 'changed files that git was told not to look at'],
  copy: ["ignored file that differs from the checkout's", "ignored files that differ from the checkout's"],
  large: [
    'large file (Git LFS) that no other store is known to have',
    'large files (Git LFS) that no other store is known to have',
  ],
  stash: ['stash', 'stashes'],
  detached: ['commit on no branch (detached HEAD)', 'commits on no branch (detached HEAD)'],
  process: ['process that runs in it', 'processes that run in it'],
  worktree: ['worktree elsewhere that belongs to it', 'worktrees elsewhere that belong to it'],
} as const satisfies Partial<Record<RiskKind, readonly [string, string]>>;

function what({ kind, name, count }: TreeRisk): string {
  const named = name === null ? '' : ` "${oneLine(name)}"`;
  switch (kind) {
    case 'unpushed':
    case 'branch':
      return `${plural(count, 'unmerged commit', 'unmerged commits')} on${named}`;
    case 'tag':
      return `the tag${named} that the remote does not have`;
    case 'ref':
      return `${plural(count, 'commit', 'commits')} on${named}`;
    case 'object':
      return `the ref${named} to what is no commit, which the remote does not have`;
    case 'operation':
      return `a ${name ?? 'git operation'} in progress`;
    case 'unknown':
      return `cannot tell ${name ?? 'everything'}`;
    default:
      return plural(count, COUNTED[kind][0], COUNTED[kind][1]);
  }
}
