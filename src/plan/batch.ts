import { asFormat, word } from '../base/tmuxText.ts';
import {
  emitAddLine,
  emitAdoptSession,
  emitArrange,
  emitRelabel,
  emitRespawn,
  emitAdopt,
  openWindow,
  splitWindow,
  type BatchInput,
  type Creation,
} from './batchLines.ts';
import { emitOwnLine } from './ownLine.ts';
import { isPaneStep, type PaneStep, type WindowSpec } from './step.ts';

/**
 * The tmux part of a plan as one text for `tmux start-server ';' source-file -`: one line a step (a command that fails ends
 * its own line and no other), each printing `STEP <id> <pane> <window> <session>` when it came about. '' when nothing is to do.
 *
 * No index anywhere, so any base-index does. What is new goes by a name that holds the uuid until everything stands, and gets
 * its real one at the end: a line after one that failed can then never reach somebody else's session or window.
 */
export function emitBatch(input: BatchInput): string {
  const { plan } = input;
  const steps = plan.steps.filter(isPaneStep);
  if (steps.length === 0) return '';
  const session = sessionTarget(input);
  const windows = newWindows(input, steps);
  const isNew = plan.steps.some((step) => step.kind === 'create-session');
  const makesPanes = steps.some(isCreation);
  const lines = [
    ...steps.flatMap((step) => emitForPane(input, step)),
    ...(makesPanes && !isNew ? quiet(session) : []),
    ...existingWindows(steps).flatMap((id) => emitExisting(input, steps, id)),
    ...windows.flatMap((window, index) => emitNew(input, window, { session, opensSession: isNew && index === 0 })),
    ...windows.map(({ spec, target }) => `rename-window -t ${word(target)} -- ${word(asFormat(spec.name))}`),
    ...(makesPanes ? loud(session) : []),
    ...(isNew && windows.length > 0
      ? [`rename-session -t ${word(`${session}:`)} -- ${word(asFormat(plan.session))}`]
      : []),
    ...steps.flatMap((step) => (step.kind === 'adopt-session' ? [emitAdoptSession(input, step)] : [])),
  ];
  return `${lines.join('\n')}\n`;
}

/** The session while the batch runs, without the colon: its temporary name when the batch makes it. */
function sessionTarget({ plan, uuid, sessionId }: BatchInput): string {
  if (plan.steps.some((step) => step.kind === 'create-session')) return `=${temporaryName(uuid)}`;
  return sessionId ?? `=${plan.session}`;
}

/** Nobody else's, and tmux reads it back as itself. */
function temporaryName(uuid: string): string {
  return `new-${uuid.slice(0, 8)}`;
}

interface NewWindow {
  readonly spec: WindowSpec;
  /** `=session:=window`, by temporary names. */
  readonly target: string;
  readonly temporaryName: string;
  /** In the plan's order; the first one opens the window. */
  readonly panes: readonly Creation[];
  readonly layouts: readonly ArrangeStep[];
}

type ArrangeStep = Extract<PaneStep, { kind: 'arrange-window' }>;

function newWindows(input: BatchInput, steps: readonly PaneStep[]): NewWindow[] {
  const specs = input.plan.steps.flatMap((step) =>
    step.kind === 'create-session' || step.kind === 'create-window' ? [step.window] : [],
  );
  return specs.map((spec) => {
    const name = `${temporaryName(input.uuid)}-${spec.window}`;
    const mine = steps.filter(
      (step) => 'window' in step && 'window' in step.window && step.window.window === spec.window,
    );
    return {
      spec,
      temporaryName: name,
      target: `${sessionTarget(input)}:=${name}`,
      panes: mine.filter(isCreation),
      layouts: mine.filter(isArrange),
    };
  });
}

function isCreation(step: PaneStep): step is Creation {
  return step.kind === 'create-session' || step.kind === 'create-window' || step.kind === 'create-pane';
}

function isArrange(step: PaneStep): step is ArrangeStep {
  return step.kind === 'arrange-window';
}

function emitForPane(input: BatchInput, step: PaneStep): string[] {
  if (step.kind === 'respawn-pane') return [emitRespawn(input, step)];
  if (step.kind === 'adopt-pane') return [emitAdopt(input, step)];
  if (step.kind === 'relabel-pane') return [emitRelabel(input, step)];
  if (step.kind === 'add-line') return [emitAddLine(step)];
  return [];
}

/** A window that is built from nothing, at the planned size. */
function emitNew(
  input: BatchInput,
  window: NewWindow,
  place: { readonly session: string; readonly opensSession: boolean },
): string[] {
  const { target } = window;
  const [first, ...others] = window.panes;
  if (!first) return [];
  return [
    openWindow(input, first, { ...window, ...place }),
    ...(place.opensSession ? [...quiet(place.session), emitOwnLine(`${place.session}:`)] : []),
    ...others.map((step, index) =>
      splitWindow(input, step, { target, makeRoom: (index + 1) % stripsAtOnce(input) === 0 }),
    ),
    ...window.layouts.map((step) => emitArrange(input, step, { target, isNew: true })),
    ...(place.opensSession
      ? [`select-window -t ${word(target)} ; select-pane -t ${word(`${target}.{top-left}`)}`]
      : []),
  ];
}

/** How many one-line strips a tiled window takes before it is tiled again: each tiling resizes every pane, which is felt at fifty. */
function stripsAtOnce({ plan }: BatchInput): number {
  return Math.max(1, Math.floor(plan.size.rows / 4));
}

function existingWindows(steps: readonly PaneStep[]): string[] {
  return [
    ...new Set(steps.flatMap((step) => ('window' in step && 'windowId' in step.window ? [step.window.windowId] : []))),
  ];
}

/** Additions to a window that stands: who is active in it stays active, and what was zoomed is zoomed again. */
function emitExisting(input: BatchInput, steps: readonly PaneStep[], id: string): string[] {
  const mine = steps.filter((step) => 'window' in step && 'windowId' in step.window && step.window.windowId === id);
  return [
    `set-option -wF -t ${word(id)} @claude_tmux_zoomed '#{window_zoomed_flag}'`,
    ...mine.filter(isCreation).map((step) => splitWindow(input, step, { target: id, makeRoom: true })),
    ...mine.filter(isArrange).map((step) => emitArrange(input, step, { target: id, isNew: false })),
    `if-shell -F -t ${word(id)} '#{@claude_tmux_zoomed}' ${word(`resize-pane -Z -t ${word(id)}`)} ; set-option -wu -t ${word(id)} @claude_tmux_zoomed`,
  ];
}

/**
 * A user's `after-new-window` that splits, or `after-split-window` that adds, would put panes among ours while we count them:
 * an empty hook on our session hides the global one until the batch is through.
 */
const NOISY_HOOKS = ['after-new-window', 'after-split-window'] as const;

function quiet(session: string): string[] {
  return [NOISY_HOOKS.map((hook) => `set-hook -t ${word(`${session}:`)} ${hook} ''`).join(' ; ')];
}

function loud(session: string): string[] {
  return [NOISY_HOOKS.map((hook) => `set-hook -u -t ${word(`${session}:`)} ${hook}`).join(' ; ')];
}
