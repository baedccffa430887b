import type { Arrange, Pane } from '../../src/layout/layout.ts';
import { planWindows } from '../../src/plan/arrange.ts';
import type { Plan, Step } from '../../src/plan/step.ts';

export const UUID = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed';
export const SIZE = { columns: 200, rows: 49 };

export type Label = Partial<Pick<Pane, 'name' | 'color'>> & { readonly id: string };
/** A step without what only the plan's text needs. */
export type BareStep = Step extends infer S ? (S extends Step ? Omit<S, 'target' | 'cause' | 'needs'> : never) : never;

function paneOf(label: Label, index: number): Pane {
  return {
    id: label.id,
    idWritten: true,
    number: index + 1,
    name: label.name ?? `Session ${label.id}`,
    key: null,
    color: label.color ?? 'blue',
    tree: { kind: 'checkout', path: '/repo' },
    dir: '',
    work: { kind: 'command', run: '' },
    env: {},
    dependsOn: [],
    owns: [],
    urgency: 0,
  };
}

/** A plan with these steps, for these panes. */
export function planOf(labels: readonly Label[], steps: readonly BareStep[], size = SIZE): Plan {
  const panes = Object.fromEntries(labels.map((label, index) => [label.id, paneOf(label, index)]));
  const framed = steps.map((step): Step => ({ ...step, target: '', cause: '', needs: [] }));
  return { fleet: 'Shop', session: 'shop', size, steps: framed, notes: [], problems: [], panes };
}

/** The steps that bring all of `labels` up in a new session. */
export function upSteps(
  labels: readonly Label[],
  arrange: Arrange = { kind: 'named', name: 'tiled' },
  size = SIZE,
): BareStep[] {
  const steps: BareStep[] = [];
  let from = 0;
  planWindows({ arrange, panes: labels.length, size }).forEach((window, at) => {
    const mine = labels.slice(from, from + window.panes);
    from += window.panes;
    mine.forEach((label, index) => {
      const step = { id: steps.length + 1, pane: label.id, hold: false } as const;
      const spec = { window: at + 1, name: label.name ?? label.id, color: label.color ?? 'blue' };
      if (index > 0) steps.push({ ...step, kind: 'create-pane', window: { window: at + 1 } });
      else steps.push({ ...step, kind: at === 0 ? 'create-session' : 'create-window', window: spec });
    });
    if (window.layout !== null)
      steps.push({ id: steps.length + 1, kind: 'arrange-window', window: { window: at + 1 }, layout: window.layout });
  });
  return steps;
}

/** `count` panes `p1`, `p2` …, with names and colours that differ. */
export function labelsOf(count: number): Label[] {
  const colors = ['blue', 'red', 'colour208', '#8a2be2', 'default'];
  return Array.from({ length: count }, (_, index) => ({
    id: `p${index + 1}`,
    name: `Work ${index + 1}`,
    color: colors[index % colors.length] ?? 'blue',
  }));
}
