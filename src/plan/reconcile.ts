import { pasted } from '../base/pasted.ts';
import type { Layout, Pane } from '../layout/layout.ts';
import { findAdoption } from './adopt.ts';
import { describeManualSize } from './manualSize.ts';
import { planPanes } from './planPanes.ts';
import { planTrees } from './planTrees.ts';
import type { KnownSession, Snapshot } from './snapshot.ts';
import type { Plan, Step } from './step.ts';

export interface Intent {
  /** Ids to bring up; null for all. */
  readonly only: readonly string[] | null;
  /** Ids of sessions that start although what ran there had ended by itself. */
  readonly start?: readonly string[];
  /** New branches start at the checkout's HEAD and get its uncommitted work. */
  readonly fromHere: boolean;
  /** Hash of what each pane's launch file is made of, by id. */
  readonly launchHashes: Readonly<Record<string, string>>;
}

export interface ReconcileInput {
  readonly layout: Layout;
  readonly snapshot: Snapshot;
  /** The sessions of the fleet's record; empty at the first `up`. */
  readonly known: readonly KnownSession[];
  readonly intent: Intent;
}

/** The one decision: what is missing between the layout and the world, as steps in order. Running things get no step. */
export function reconcile(input: ReconcileInput): Plan {
  const { layout, snapshot, intent } = input;
  const wanted = layout.panes.filter((pane) => intent.only === null || intent.only.includes(pane.id));
  const numbered = new StepList();
  const trees = planTrees({ ...input, wanted, steps: numbered });
  const panes = planPanes({ ...input, wanted, steps: numbered, treeReady: trees.readyStep });
  return {
    fleet: layout.name,
    session: layout.session,
    size: snapshot.tmux.size,
    steps: numbered.steps,
    notes: [...trees.notes, ...panes.notes, ...describeChanges(input, wanted)],
    problems: [
      ...trees.problems,
      ...describeNameTaken(input),
      ...refuseManualSize(snapshot, numbered.steps),
      ...findRenamed(input),
    ],
    panes: Object.fromEntries(layout.panes.map((pane) => [pane.id, pane])),
  };
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Collects steps and numbers them in the order they are added. */
export class StepList {
  readonly steps: Step[] = [];

  /** Adds a step and returns its id. */
  add(step: Unnumbered<Step>): number {
    const id = this.steps.length + 1;
    this.steps.push({ ...step, id });
    return id;
  }
}

function describeNameTaken(input: ReconcileInput): string[] {
  const { layout, snapshot } = input;
  if (snapshot.tmux.session !== null || !snapshot.tmux.nameTaken || findAdoption(input) !== null) return [];
  return [
    `a tmux session "${layout.session}" exists that is not this fleet's. Rename it (tmux rename-session -t '=${layout.session}:' other), or give the layout another \`name\`.`,
  ];
}

function refuseManualSize({ tmux }: Snapshot, steps: readonly Step[]): string[] {
  const makesWindow = steps.some(({ kind }) => kind === 'create-session' || kind === 'create-window');
  const why = makesWindow ? describeManualSize(tmux) : null;
  return why === null ? [] : [why];
}

/** Panes whose layout entry changed since they were started, and sessions that left the layout: reported, never killed. */
function describeChanges({ layout, known, intent, snapshot }: ReconcileInput, wanted: readonly Pane[]): string[] {
  const running = new Set(
    (snapshot.tmux.session?.windows ?? []).flatMap((window) => window.panes.map((pane) => pane.session)),
  );
  const changed = wanted.filter((pane) => {
    const before = known.find((session) => session.id === pane.id);
    return before !== undefined && running.has(pane.id) && before.launchHash !== intent.launchHashes[pane.id];
  });
  const inLayout = new Set(layout.panes.map((pane) => pane.id));
  const removed = known.filter((session) => !inLayout.has(session.id) && running.has(session.id));
  return [
    ...changed.map(
      (pane) =>
        `pane "${pane.id}" changed in the layout since it started; \`${pasted`restart ${pane.id}`}\` applies the change, its conversation is kept.`,
    ),
    ...removed.map(
      (session) =>
        `pane "${session.id}" is no longer in the layout. It runs on untouched; its folder is ${session.path}.`,
    ),
  ];
}

/** A relabelled pane without an `id` would be cloned anew: that is asked, never done silently. */
function findRenamed({ layout, known }: ReconcileInput): string[] {
  const inLayout = new Set(layout.panes.map((pane) => pane.id));
  const gone = known.filter((session) => !inLayout.has(session.id));
  return layout.panes
    .filter((pane) => !pane.idWritten && !known.some((session) => session.id === pane.id))
    .flatMap((pane) => {
      const old =
        gone.find((session) => session.number === pane.number) ??
        gone.find((session) => session.key !== null && session.key === pane.key);
      if (!old) return [];
      return [
        `pane "${pane.name}" is new in the layout and "${old.id}" is gone from it. Renamed? Add \`id: ${old.id}\` to it. A new session? Write \`id: ${pane.id}\`.`,
      ];
    });
}
