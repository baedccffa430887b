import type { AgentState } from './agentState.ts';
import { oneLine } from '../base/text.ts';
import { describeProof, type ProvenRef } from './mergeProof.ts';
import { describeRisk, type TreeRisk } from './treeRisk.ts';

/** One thing `close` does. Each is whole or not done; killed after any of them, the next command finds out where the tree stands and finishes. */
export type ClosingStep = 'end-agent' | 'check-again' | 'note-closed' | 'write-receipt' | 'lock-worktree' | 'move-tree' | 'register' | 'put-launch-away';

/** One thing `undo` does. */
export type UndoStep = 'move-tree-back' | 'register' | 'unlock-worktree' | 'bring-launch-back' | 'remove-receipt' | 'note-open';

/** One thing `prune` does to an archive. */
export const PRUNE_STEPS = ['set-aside', 'write-kept', 'note-kept', 'mark-deleted', 'note-gone'] as const;
export type PruneStep = (typeof PRUNE_STEPS)[number];

/** What a session works in that is its own: null for one that shares another's tree or the user's checkout. */
export type TreeKind = 'clone' | 'worktree' | null;

/** The record learns of it before anything is made or moved, so that whatever is left half done is found again. */
export function closingSteps(tree: TreeKind): readonly ClosingStep[] {
  const move: readonly ClosingStep[] = tree === null ? [] : ['write-receipt', ...(tree === 'worktree' ? (['lock-worktree'] as const) : []), 'move-tree', 'register'];
  return ['end-agent', 'check-again', 'note-closed', ...move, 'put-launch-away'];
}

export function undoSteps(tree: TreeKind): readonly UndoStep[] {
  if (tree === null) return ['bring-launch-back', 'note-open'];
  return ['move-tree-back', 'register', ...(tree === 'worktree' ? (['unlock-worktree'] as const) : []), 'bring-launch-back', 'remove-receipt', 'note-open'];
}

export interface ClosingFacts {
  readonly id: string;
  readonly state: AgentState;
  readonly detail: string | null;
  /** Others that work in its tree, `"web"` or `"web" of "shop"`. */
  readonly sharers: readonly string[];
  readonly risks: readonly TreeRisk[];
}

interface Refusal {
  readonly message: string;
  readonly hint: string;
}

const BETWEEN_TURNS: ReadonlySet<AgentState> = new Set<AgentState>(['done', 'idle', 'exited', 'crashed', 'running', 'waiting', 'error', 'limited']);

/** Why a session may not be closed now, whatever the user says; null when it may. */
export function refuseClosing({ id, state, detail, sharers, risks }: ClosingFacts): Refusal | null {
  const because = detail === null ? '' : `, ${detail}`;
  if (!BETWEEN_TURNS.has(state)) return { message: `"${id}" is not between turns (${state}${because}); it was not closed`, hint: HINTS[state] ?? 'wait until its turn has ended' };
  if (sharers.length > 0) return { message: `${sharers.join(' and ')} work${sharers.length === 1 ? 's' : ''} in the clone of "${id}"; it was not closed`, hint: 'close what shares it first' };
  const inside = risks.find(({ kind }) => kind === 'process');
  if (inside) return { message: `other processes run in the clone of "${id}": ${inside.samples.join(', ')}${inside.count > inside.samples.length ? ', …' : ''}; it was not closed`, hint: 'end them, or leave the folder in that shell (cd), and close it again' };
  const worktrees = risks.find(({ kind }) => kind === 'worktree');
  if (worktrees) return { message: `the clone of "${id}" has worktrees elsewhere that would lose their repository: ${worktrees.samples.join(', ')}`, hint: 'remove them first: git worktree remove PATH' };
  return null;
}

const HINTS: Partial<Record<AgentState, string>> = {
  permission: 'answer its dialog first: claude-tmux next',
  question: 'answer its question first: claude-tmux next',
  'plan-review': 'answer its plan first: claude-tmux next',
  blocked: 'answer its start-up dialog first',
  background: 'wait until its background task has ended',
  unknown: 'claude-tmux explain says what is known of it',
};

/** The lines that say what a tree keeps that is nowhere else; empty when all its work is merged. */
export function describeKept(risks: readonly TreeRisk[]): readonly string[] {
  return risks.map((risk) => `  ${describeRisk(risk)}`);
}

/**
 * What is true of a deleted archive: `all its work is merged or pushed`, with the proof of each ref. A worktree's branch is its repository's:
 * it has gone because it is merged, or stays there.
 */
export function describeDeleted({ proofs, branch }: { readonly proofs: readonly ProvenRef[]; readonly branch: { readonly name: string; readonly isGone: boolean; readonly risks: readonly TreeRisk[] } | null }): { readonly what: string; readonly lines: readonly string[] } {
  const proven = proofs.map((proof) => `  ${describeProof(proof)}`);
  if (branch === null) return { what: 'all its work is merged or pushed', lines: proven };
  const name = `"${oneLine(branch.name)}"`;
  if (branch.isGone) return { what: `and its branch ${name}, all of which is merged or pushed`, lines: proven };
  return { what: `its branch ${name} stays in the checkout`, lines: branch.risks.length === 0 ? proven : describeKept(branch.risks) };
}

/** `fe-20261125T220405Z`: sorts by time within an id, and is a fine name for a folder anywhere. */
export function closingSlot(id: string, at: string): string {
  return `${id}-${at.replace(/[-:]/g, '').replace(/\.\d+/, '')}`;
}
