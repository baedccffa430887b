import type { Context } from '../apply/context.ts';
import { applyTrees } from '../apply/applyTrees.ts';
import { ProgramError, UserError } from '../base/errors.ts';
import { treeOwnerId } from '../layout/layout.ts';
import { isTreeStep, type Step } from '../plan/step.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { PlannedFleet } from './planFleet.ts';

export interface MadeTrees {
  /** Ids of panes whose tree is not usable. */
  readonly failed: readonly string[];
  /** Ids of sessions whose next task could not be begun: they go on with the last one. */
  readonly notBegun: readonly string[];
  /** A sentence for each that is there, and not whole. */
  readonly incomplete: readonly string[];
}

interface Making {
  readonly record: FleetRecord;
  /** Files of the checkout that new trees are to have. */
  readonly localSettings: readonly string[];
}

/** Runs the tree steps and tells each failure. */
export async function makeTrees(
  context: Context,
  { plan, layout, server }: PlannedFleet,
  { record, localSettings }: Making,
): Promise<MadeTrees> {
  // A setup runs in its panes, before what they start.
  const steps = plan.steps.filter(isTreeStep).filter((step) => step.kind !== 'run-setup');
  if (steps.length === 0) return { failed: [], notBegun: [], incomplete: [] };
  const results = await applyTrees(context, { steps, fleet: { record, server }, localSettings });
  if (!context.signal.aborted) tellFailures(context, plan.steps, results.failed);
  const lost = steps.filter((step) => results.failed.has(step.id) || results.skipped.has(step.id));
  const notBegun = lost.flatMap((step) => (step.kind === 'begin-task' ? [step.pane] : []));
  const owners = new Set(lost.flatMap((step) => ('pane' in step && !notBegun.includes(step.pane) ? [step.pane] : [])));
  return {
    failed: layout.panes.filter((pane) => owners.has(treeOwnerId(pane))).map((pane) => pane.id),
    notBegun,
    incomplete: results.incomplete,
  };
}

function tellFailures(context: Context, steps: readonly Step[], failed: ReadonlyMap<number, unknown>): void {
  for (const [id, error] of failed) {
    if (!(error instanceof UserError) && !(error instanceof ProgramError)) throw error;
    const target = steps.find((step) => step.id === id)?.target ?? '';
    context.talk(`claude-tmux: ${target}: ${error.message}`);
    if (error instanceof UserError && error.hint !== undefined) context.talk(`  ${error.hint}`);
  }
}
