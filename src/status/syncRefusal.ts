import { plural } from '../base/text.ts';
import type { AgentState } from './agentState.ts';
import type { TreeStatus } from './treeStatus.ts';

/** Why the agent's work forbids to move its files now, and whether waiting for the end of a turn would help. */
export interface AgentRefusal {
  readonly reason: string;
  readonly passes: boolean;
}

/** Null between turns: `done`, `idle`, ended, not started. `hasDialog`: a menu of the user's own is open, which leaves the state as it was. */
export function refuseAgent(state: AgentState, { isClaude, hasDialog }: { readonly isClaude: boolean; readonly hasDialog: boolean }): AgentRefusal | null {
  if (!isClaude && state === 'running') return { reason: 'runs an agent that is not Claude: whether it works cannot be told', passes: false };
  if (hasDialog) return { reason: 'has a dialog open', passes: true };
  return REFUSALS[state] ?? null;
}

const REFUSALS: Partial<Record<AgentState, AgentRefusal>> = {
  starting: { reason: 'is still starting', passes: true },
  blocked: { reason: 'shows a start-up dialog', passes: true },
  working: { reason: 'is working', passes: true },
  permission: { reason: 'asks for a permission', passes: true },
  question: { reason: 'asks a question', passes: true },
  'plan-review': { reason: 'shows a plan to review', passes: true },
  background: { reason: 'has a background task running', passes: true },
  error: { reason: 'stopped in mid-turn with an error', passes: true },
  limited: { reason: 'stopped in mid-turn at a usage limit', passes: true },
  unknown: { reason: 'is in a state that cannot be told', passes: true },
};

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
