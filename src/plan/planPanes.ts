import { pasted } from '../base/pasted.ts';
import { adoptedSession, findAdoption, type Adoption, type Restored } from './adopt.ts';
import { treeOwnerId, type Arrange, type Pane } from '../layout/layout.ts';
import { hasRoomForLine } from './ownLine.ts';
import { arrangeExisting, COMFORTABLE, planWindows } from './arrange.ts';
import type { ReconcileInput, StepList } from './reconcile.ts';
import type { AgentFacts, TmuxPane, TmuxSession, TmuxWindow } from './snapshot.ts';
import type { WindowRef } from './step.ts';

interface PanesInput extends ReconcileInput {
  readonly wanted: readonly Pane[];
  readonly steps: StepList;
  /** Step after which the tree of a pane (by its owner's id) is usable. */
  readonly treeReady: ReadonlyMap<string, number>;
}

/** Steps that put the wanted panes on the screen: what runs is left alone, what is missing is added without moving the focus. */
export function planPanes(input: PanesInput): { readonly notes: string[] } {
  const adoption = findAdoption(input);
  const session = adoption === null ? input.snapshot.tmux.session : adoptedSession(adoption);
  if (adoption !== null) input.layout.panes.forEach((pane) => planRestored(input, pane, adoption.panes.get(pane.id)));
  const notes: string[] = [];
  const missing: Pane[] = [];
  for (const pane of input.wanted) {
    if (adoption?.panes.has(pane.id) === true) {
      notes.push(...describeHeld(input, pane));
      continue;
    }
    const found = session?.windows.flatMap((window) => window.panes).find((candidate) => candidate.session === pane.id);
    if (found) notes.push(...planFound(input, pane, found));
    else missing.push(pane);
  }
  if (missing.length > 0) notes.push(...missing.flatMap((pane) => describeHeld(input, pane)));
  if (session && !session.hasLine && hasRoomForLine(input.snapshot.tmux.status)) {
    input.steps.add({
      kind: 'add-line',
      sessionId: session.id,
      target: `session ${session.name}`,
      cause: 'it has no status line of its own',
      needs: [],
    });
  }
  if (session) addToSession(input, session, missing);
  else if (missing.length > 0) addWindows(input, missing, true);
  if (missing.length > 0) notes.push(...describeWindows(input));
  if (adoption !== null) adoptSession(input, adoption);
  return { notes };
}

/** Why the sessions are not side by side although the strategy arranges them so. */
function describeWindows({ layout: { arrange, panes }, snapshot }: PanesInput): string[] {
  if (arrange.kind !== 'auto' || arrange.preferred === 'windows') return [];
  const { size } = snapshot.tmux;
  if (planWindows({ arrange, panes: panes.length, size }).length === 1) return [];
  const least = `${COMFORTABLE.columns}×${COMFORTABLE.rows}`;
  return [
    `each session gets a window of its own: in ${size.columns}×${size.rows} cells "${arrange.preferred}" gives ${panes.length} panes less than ${least} each. \`arrange: ${arrange.preferred}\` in the layout keeps them together.`,
  ];
}

/** A bare shell gives way to what the pane is for; one that is not wanted now only offers to start it, so that it is the fleet's all the same. */
function planRestored(input: PanesInput, pane: Pane, restored: Restored | undefined): void {
  if (restored === undefined) return;
  const { id: paneId, pid } = restored.pane;
  const isWanted = input.wanted.some(({ id }) => id === pane.id);
  const hold = !isWanted || staysEnded(input, pane);
  const cause = `a restored pane stands in its ${input.layout.isolation} with only a shell (${restored.shell.name})`;
  input.steps.add({
    kind: 'adopt-pane',
    pane: pane.id,
    paneId,
    pid,
    shell: restored.shell.name,
    hold,
    target: `pane ${pane.id}`,
    cause,
    needs: isWanted ? treeNeeds(input, pane) : [],
  });
}

/** The last step: what is cut off before it is recognised as restored by the next `up`. */
function adoptSession({ steps, layout }: PanesInput, { session, first, panes }: Adoption): void {
  const cause = `it was restored: it bears the fleet's name, no fleet's mark, and ${panes.size} of its panes are bare shells in ${layout.isolation}s of the fleet`;
  const needs = steps.steps.flatMap((step) => (step.kind === 'adopt-pane' ? [step.id] : []));
  steps.add({
    kind: 'adopt-session',
    sessionId: session.id,
    ...first,
    target: `session ${session.name}`,
    cause,
    needs,
  });
}

/** A pane that is on the screen: relabelled when its label changed, started again when its agent was ended from outside. */
function planFound(input: PanesInput, pane: Pane, found: TmuxPane): string[] {
  const { steps, known } = input;
  const before = known.find((session) => session.id === pane.id);
  if (before && (before.name !== pane.name || before.color !== pane.color || before.number !== pane.number)) {
    steps.add({
      kind: 'relabel-pane',
      pane: pane.id,
      paneId: found.id,
      target: `pane ${pane.id}`,
      cause: 'its label changed',
      needs: [],
    });
  }
  const agent = agentOf(input, pane);
  if (agent.alive && !found.dead) return [];
  const hold = staysEnded(input, pane);
  if (!found.dead && hold) return describeHeld(input, pane);
  const cause = found.dead
    ? 'its pane is dead'
    : isStarted(input, pane)
      ? 'it is to start'
      : agent.early === true
        ? 'its agent ended as soon as it was started'
        : 'its agent was ended from outside';
  steps.add({
    kind: 'respawn-pane',
    pane: pane.id,
    paneId: found.id,
    hold,
    target: `pane ${pane.id}`,
    cause,
    needs: treeNeeds(input, pane),
  });
  return [];
}

/** What the user ended stays ended until it is started by hand; its pane shows how. */
function describeHeld(input: PanesInput, pane: Pane): string[] {
  const agent = agentOf(input, pane);
  return staysEnded(input, pane)
    ? [
        `pane "${pane.id}": what ran there ended by itself (exit code ${agent.exit ?? 0}) and stays ended; press r in the pane, or \`${pasted`start ${pane.id}`}\`.`,
      ]
    : [];
}

function agentOf({ snapshot }: PanesInput, pane: Pane): AgentFacts {
  return snapshot.agents[pane.id] ?? { alive: false, exit: null };
}

/** True when the process ended with an exit code of its own; codes from 128 up are signals (a reboot, a kill, a closed terminal). What never ran did not end. */
function endedItself(agent: AgentFacts): boolean {
  return !agent.alive && agent.exit !== null && agent.exit < 128 && agent.early !== true;
}

/** What the user ended stays so until somebody says otherwise. */
function staysEnded(input: PanesInput, pane: Pane): boolean {
  return endedItself(agentOf(input, pane)) && !isStarted(input, pane);
}

function isStarted({ intent }: PanesInput, pane: Pane): boolean {
  return intent.start?.includes(pane.id) === true;
}

function treeNeeds({ treeReady }: PanesInput, pane: Pane): number[] {
  const step = treeReady.get(treeOwnerId(pane));
  return step === undefined ? [] : [step];
}

/** Adds to a running session: into its windows while the panes stay usable, else into further windows at the end. */
function addToSession(input: PanesInput, session: TmuxSession, missing: readonly Pane[]): void {
  let rest = missing;
  const arrange = settleAuto(input, session);
  for (const window of session.windows) {
    // A zoomed window would be unzoomed, and the arrangement of a window with panes of the user's is not ours to change.
    if (rest.length === 0 || window.zoomed || window.panes.some((pane) => pane.session === null)) continue;
    const { panes, layout } = arrangeExisting({
      arrange,
      existing: window.panes.length,
      additions: rest.length,
      size: window,
    });
    if (layout !== null) addToWindow(input, window, { panes: rest.slice(0, panes), layout });
    rest = rest.slice(panes);
  }
  if (rest.length > 0) addWindows(input, rest, false);
}

/** `auto` is decided for the whole fleet: what comes back to a fleet of one-pane windows gets a window of its own again. */
function settleAuto({ layout, snapshot }: PanesInput, { windows }: TmuxSession): Arrange {
  if (layout.arrange.kind !== 'auto') return layout.arrange;
  if (windows.length > 1 && windows.every(({ panes }) => panes.length === 1)) return { kind: 'named', name: 'windows' };
  const whole = planWindows({ arrange: layout.arrange, panes: layout.panes.length, size: snapshot.tmux.size });
  return { kind: 'named', name: whole.length > 1 ? 'windows' : layout.arrange.preferred };
}

function addToWindow(
  input: PanesInput,
  window: TmuxWindow,
  { panes, layout }: { readonly panes: readonly Pane[]; readonly layout: string },
): void {
  const ref: WindowRef = { windowId: window.id };
  const made = panes.map((pane) => addPane(input, pane, { window: ref, after: [] }));
  input.steps.add({
    kind: 'arrange-window',
    window: ref,
    layout,
    target: `window ${window.index}`,
    cause: `${panes.length} pane(s) added`,
    needs: made,
  });
}

/** Makes windows for all of `panes`; the first one makes the session when `newSession`. */
function addWindows(input: PanesInput, panes: readonly Pane[], newSession: boolean): void {
  const { layout, steps, snapshot } = input;
  let from = 0;
  planWindows({ arrange: layout.arrange, panes: panes.length, size: snapshot.tmux.size }).forEach((window, at) => {
    const [first, ...others] = panes.slice(from, from + window.panes);
    from += window.panes;
    if (!first) return;
    const made = [
      addFirstPane(input, first, { window: at + 1, size: window.panes, newSession: newSession && at === 0 }),
    ];
    const ref: WindowRef = { window: at + 1 };
    for (const pane of others) made.push(addPane(input, pane, { window: ref, after: made.slice(0, 1) }));
    if (window.layout !== null) {
      steps.add({
        kind: 'arrange-window',
        window: ref,
        layout: window.layout,
        target: `window ${at + 1}`,
        cause: `it has ${window.panes} panes`,
        needs: made,
      });
    }
  });
}

function addFirstPane(
  input: PanesInput,
  pane: Pane,
  how: { readonly window: number; readonly size: number; readonly newSession: boolean },
): number {
  const { layout, steps } = input;
  const window = {
    window: how.window,
    name: how.size === 1 ? pane.name : layout.name,
    color: how.size === 1 ? pane.color : 'default',
  };
  const hold = staysEnded(input, pane);
  const target = `pane ${pane.id}`;
  if (how.newSession)
    return steps.add({
      kind: 'create-session',
      pane: pane.id,
      window,
      hold,
      target,
      cause: `no tmux session "${layout.session}"`,
      needs: treeNeeds(input, pane),
    });
  return steps.add({
    kind: 'create-window',
    pane: pane.id,
    window,
    hold,
    target,
    cause: 'not on the screen',
    needs: treeNeeds(input, pane),
  });
}

function addPane(
  input: PanesInput,
  pane: Pane,
  how: { readonly window: WindowRef; readonly after: readonly number[] },
): number {
  const hold = staysEnded(input, pane);
  return input.steps.add({
    kind: 'create-pane',
    pane: pane.id,
    window: how.window,
    hold,
    target: `pane ${pane.id}`,
    cause: 'not on the screen',
    needs: [...treeNeeds(input, pane), ...how.after],
  });
}
