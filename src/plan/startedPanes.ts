import type { Layout, Pane } from '../layout/layout.ts';
import type { Plan } from './step.ts';

/** The panes whose process a plan starts: those that are made or started again, and not held. */
export function startedPanes(plan: Plan, layout: Layout): Pane[] {
  const ids = new Set(plan.steps.flatMap((step) => ('hold' in step && !step.hold ? [step.pane] : [])));
  return layout.panes.filter((pane) => ids.has(pane.id));
}
