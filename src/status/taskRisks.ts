import type { RiskKind, TreeRisk } from './treeRisk.ts';

/** What stands in the way of another task in the same tree. */
export interface TaskRisks {
  /** Never done: it would be carried into the new branch, or be on no branch afterwards. */
  readonly refused: readonly TreeRisk[];
  /** Done on the user's yes: it stays in the tree, and is out of sight. */
  readonly asked: readonly TreeRisk[];
}

/** Changes to tracked files, a half-done operation, commits on no branch, a stranger's process: a checkout is no place to move them to. */
const REFUSED: ReadonlySet<RiskKind> = new Set<RiskKind>([
  'uncommitted',
  'staged',
  'conflict',
  'hidden',
  'operation',
  'detached',
  'process',
  'unknown',
]);
/** Stashes, tags, other branches and edited copies of ignored files are where they were, on whatever branch one is. */
const ASKED: ReadonlySet<RiskKind> = new Set<RiskKind>(['untracked', 'unpushed']);

/** "Cannot tell" counts as at risk. */
export function sortTaskRisks(risks: readonly TreeRisk[]): TaskRisks {
  return { refused: risks.filter(({ kind }) => REFUSED.has(kind)), asked: risks.filter(({ kind }) => ASKED.has(kind)) };
}
