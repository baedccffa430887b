import { oneLine } from '../base/text.ts';
import { CIRCUMSTANCE_ROWS, type Circumstance } from './circumstances.ts';
import { decide, describeRefusal, type Decision, type Refusal, type Situation } from './decide.ts';
import { describeProof, type ProvenRef } from './mergeProof.ts';
import { STATES } from './states.ts';
import { describeRisk, type TreeRisk } from './treeRisk.ts';
import type { Reason } from './verbs.ts';

/** One thing `close` does. Each is whole or not done; killed after any of them, the next command finds out where the tree stands and finishes. */
export type ClosingStep =
  | 'end-agent'
  | 'check-again'
  | 'note-closed'
  | 'write-receipt'
  | 'lock-worktree'
  | 'move-tree'
  | 'register'
  | 'put-launch-away';

/** One thing `undo` does. */
export type UndoStep =
  'move-tree-back' | 'register' | 'unlock-worktree' | 'bring-launch-back' | 'remove-receipt' | 'note-open';

/** One thing `prune` does to an archive. */
export const PRUNE_STEPS = ['set-aside', 'write-kept', 'note-kept', 'mark-deleted', 'note-gone'] as const;
export type PruneStep = (typeof PRUNE_STEPS)[number];

/** What a session works in that is its own: null for one that shares another's tree or the user's checkout. */
export type TreeKind = 'clone' | 'worktree' | null;

/** The record learns of it before anything is made or moved, so that whatever is left half done is found again. */
export function closingSteps(tree: TreeKind): readonly ClosingStep[] {
  const move: readonly ClosingStep[] =
    tree === null
      ? []
      : ['write-receipt', ...(tree === 'worktree' ? (['lock-worktree'] as const) : []), 'move-tree', 'register'];
  return ['end-agent', 'check-again', 'note-closed', ...move, 'put-launch-away'];
}

export function undoSteps(tree: TreeKind): readonly UndoStep[] {
  if (tree === null) return ['bring-launch-back', 'note-open'];
  return [
    'move-tree-back',
    'register',
    ...(tree === 'worktree' ? (['unlock-worktree'] as const) : []),
    'bring-launch-back',
    'remove-receipt',
    'note-open',
  ];
}

export interface ClosingFacts {
  readonly id: string;
  readonly situation: Situation;
  /** More of its state. */
  readonly detail: string | null;
  /** Others that work in its tree, `"web"` or `"web" of "shop"`. */
  readonly sharers: readonly string[];
  readonly risks: readonly TreeRisk[];
}

/** Whether a session may be closed now, and in words why not, whatever the user says. */
export function decideClosing({ id, situation, detail, sharers, risks }: ClosingFacts): {
  readonly decision: Decision;
  readonly refusal: Refusal | null;
} {
  const inside = risks.find(({ kind }) => kind === 'process');
  const more: readonly Circumstance[] = [
    ...(sharers.length > 0 ? ['sharedPane' as const] : []),
    ...(inside ? ['guest' as const] : []),
  ];
  const decision = decide('close', { ...situation, circumstances: [...situation.circumstances, ...more] });
  if (decision.answer === 'no') {
    const [reason] = decision.reasons;
    const details = new Map<Reason, string | null>([
      [CIRCUMSTANCE_ROWS.sharedPane, sharers.join(', ')],
      [CIRCUMSTANCE_ROWS.guest, inside ? sampled(inside) : null],
      [STATES[situation.state], detail],
    ]);
    return {
      decision,
      refusal: describeRefusal('close', id, { decision, detail: (reason && details.get(reason)) ?? null }),
    };
  }
  const worktrees = risks.find(({ kind }) => kind === 'worktree');
  if (!worktrees) return { decision, refusal: null };
  return {
    decision,
    refusal: {
      message: `the clone of "${id}" has worktrees elsewhere that would lose their repository: ${worktrees.samples.join(', ')}`,
      hint: 'remove them first: git worktree remove PATH',
    },
  };
}

function sampled({ samples, count }: TreeRisk): string {
  return `${samples.join(', ')}${count > samples.length ? ', …' : ''}`;
}

/** The lines that say what a tree keeps that is nowhere else; empty when all its work is merged. */
export function describeKept(risks: readonly TreeRisk[]): readonly string[] {
  return risks.map((risk) => `  ${describeRisk(risk)}`);
}

/**
 * What is true of a deleted archive: `all its work is merged or pushed`, with the proof of each ref. A worktree's branch is its repository's:
 * it has gone because it is merged, or stays there.
 */
export function describeDeleted({
  proofs,
  branch,
}: {
  readonly proofs: readonly ProvenRef[];
  readonly branch: { readonly name: string; readonly isGone: boolean; readonly risks: readonly TreeRisk[] } | null;
}): { readonly what: string; readonly lines: readonly string[] } {
  const proven = proofs.map((proof) => `  ${describeProof(proof)}`);
  if (branch === null) return { what: 'all its work is merged or pushed', lines: proven };
  const name = `"${oneLine(branch.name)}"`;
  if (branch.isGone) return { what: `and its branch ${name}, all of which is merged or pushed`, lines: proven };
  return {
    what: `its branch ${name} stays in the checkout`,
    lines: branch.risks.length === 0 ? proven : describeKept(branch.risks),
  };
}

/** `fe-20261125T220405Z`: sorts by time within an id, and is a fine name for a folder anywhere. */
export function closingSlot(id: string, at: string): string {
  return `${id}-${at.replace(/[-:]/g, '').replace(/\.\d+/, '')}`;
}
