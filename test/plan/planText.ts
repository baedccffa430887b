import type { Layout } from '../../src/layout/layout.ts';
import { describePlan } from '../../src/plan/describe.ts';
import { reconcile, type Intent } from '../../src/plan/reconcile.ts';
import type { KnownSession, Snapshot } from '../../src/plan/snapshot.ts';
import { ALL, layoutOf, READY } from './makeLayout.ts';

export function planText(
  layout: Layout,
  snapshot: Snapshot,
  { known = [], intent = {} }: { readonly known?: readonly KnownSession[]; readonly intent?: Partial<Intent> } = {},
): string {
  return describePlan(reconcile({ layout, snapshot, known, intent: { ...ALL, ...intent } }));
}

export const known = (id: string, rest: Partial<KnownSession> = {}): KnownSession => ({
  id,
  number: 1,
  name: id,
  key: 'frontend',
  color: 'blue',
  path: `/ws/${id}`,
  launchHash: 'h',
  ...rest,
});

/** Two panes, and their clones. */
export const two = layoutOf([{ id: 'fe' }, { id: 'be' }]);
export const ready = { '/ws/fe': READY('feature/fe'), '/ws/be': READY('feature/be') };
