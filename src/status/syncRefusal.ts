import { plural } from '../base/text.ts';
import type { TreeStatus } from './treeStatus.ts';

/** The part of a tree's status that decides. */
export type TreeCondition = Pick<TreeStatus, 'operation' | 'conflicts' | 'changes' | 'untracked' | 'branch' | 'head'>;

/** Why a tree's own condition forbids it; null for a clean tree on a branch. Untracked files do not matter here: see what they stand in the way of. */
export function refuseTree({ operation, conflicts, changes, untracked, branch, head }: TreeCondition): string | null {
  const edited = changes - untracked;
  if (operation !== null) return `is in the middle of a ${operation}`;
  if (conflicts > 0) return `has ${plural(conflicts, 'file')} in conflict`;
  if (edited > 0) return `has ${plural(edited, 'uncommitted change')}`;
  if (branch === null) return 'stands on no branch (detached HEAD)';
  return head === null ? 'has no commit yet' : null;
}
