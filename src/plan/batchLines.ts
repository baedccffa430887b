import { oneLine } from '../base/text.ts';
import { parseTmuxLayout } from '../base/tmuxLayout.ts';
import { asFormat, asFormatPath, word } from '../base/tmuxText.ts';
import { tmuxColor } from '../layout/color.ts';
import type { Pane } from '../layout/layout.ts';
import { lateAttach } from './lateAttach.ts';
import { emitOwnLine, markLine } from './ownLine.ts';
import type { PaneStep, Plan, WindowSpec } from './step.ts';
import { isAtLeast, type TmuxVersion } from './tmuxVersion.ts';
import { windowColor, windowOptions, type WindowOption } from './windowLook.ts';

export interface BatchInput {
  readonly plan: Plan;
  /** The fleet's uuid: the mark on its tmux session. */
  readonly uuid: string;
  /** Absolute path of each pane's launch file, by the pane's id. */
  readonly launchFiles: Readonly<Record<string, string>>;
  /** An existing folder; each launch file goes on to its own. */
  readonly startFolder: string;
  readonly version: TmuxVersion;
  /** `$3` when the fleet's session exists; without it the session is found by its exact name. */
  readonly sessionId?: string | null;
  /** True when it is attached at the planned size at once; else the first resize arranges new windows once more. */
  readonly sizeKnown?: boolean;
}

export type Creation = Extract<PaneStep, { kind: 'create-session' | 'create-window' | 'create-pane' }>;
type StepOf<Kind> = Extract<PaneStep, { kind: Kind }>;

interface Opening {
  readonly spec: WindowSpec;
  readonly temporaryName: string;
  readonly target: string;
  readonly session: string;
  readonly opensSession: boolean;
}

/** The first pane of a new window, and the session itself with the first window. */
export function openWindow(input: BatchInput, step: Creation, opening: Opening): string {
  const { size } = input.plan;
  const session = `${opening.session}:`;
  const open = opening.opensSession
    ? `new-session -d -x ${size.columns} -y ${size.rows} -s ${word(opening.session.slice(1))}`
    : `new-window -d -a -t ${word(`${session}{end}`)}`;
  return chain([
    `${open} -n ${word(opening.temporaryName)} ${announce(step)} ${start(input, step)}`,
    ...plannedSize(input, opening.target),
    ...(opening.opensSession ? sessionOptions(session, input.uuid) : []),
    ...[...windowOptions(), ...windowColor(opening.spec.color).filter(([, value]) => value !== null)].map((option) =>
      setWindow(opening.target, option),
    ),
    ...emitPane(input, step.pane, `${opening.target}.{top-left}`),
  ]);
}

/**
 * tmux 3.2a makes every window 80×24 where no terminal is attached, whatever `-x` and `-y` say: it takes the size of the client
 * that gives the command (resize.c, fixed in 3.3). `resize-window` leaves the window at that size by hand, so that is taken back.
 */
function plannedSize({ plan, version }: BatchInput, target: string): string[] {
  if (isAtLeast(version, '3.3')) return [];
  return [
    `resize-window -t ${word(target)} -x ${plan.size.columns} -y ${plan.size.rows}`,
    `set-option -uw -t ${word(target)} window-size`,
  ];
}

/** Without `off` a server-wide `destroy-unattached on` would end the fleet before anybody has seen it. */
function sessionOptions(session: string, uuid: string): string[] {
  return [
    `set-option -t ${word(session)} @claude_tmux_fleet ${word(uuid)}`,
    `set-option -t ${word(session)} destroy-unattached off`,
  ];
}

/**
 * A further pane, last in the window's order and never active: a one-line strip along the bottom edge (a full-size split goes
 * to the end of the list). `tiled` first makes room for it where there may be none. The real layout follows.
 */
export function splitWindow(
  input: BatchInput,
  step: Creation,
  place: { readonly target: string; readonly makeRoom: boolean },
): string {
  const { target } = place;
  return chain([
    ...(place.makeRoom ? [`select-layout -t ${word(target)} tiled`] : []),
    `split-window -d -f -v -l 1 -t ${word(target)} ${announce(step)} ${start(input, step)}`,
    ...emitPane(input, step.pane, `${target}.{bottom-right}`),
  ]);
}

/** Ends what is left in the pane and starts its launch file; place, options and focus stay. */
export function emitRespawn(input: BatchInput, step: StepOf<'respawn-pane'>): string {
  return chain([
    `respawn-pane -k -t ${word(step.paneId)} ${start(input, step)}`,
    ...emitPane(input, step.pane, step.paneId),
    report(step, step.paneId),
  ]);
}

/** New label and colour; a window with this pane alone bears them too. */
export function emitRelabel(input: BatchInput, step: StepOf<'relabel-pane'>): string {
  const pane = paneOf(input, step.pane);
  return chain([...emitPane(input, step.pane, step.paneId), nameAlone(pane, step.paneId), report(step, step.paneId)]);
}

/** A window with one pane alone bears its label and colour. */
function nameAlone(pane: Pane, paneId: string): string {
  const window = [
    `rename-window -t ${word(paneId)} -- ${word(asFormat(pane.name))}`,
    ...windowColor(pane.color).map((option) => setWindow(paneId, option)),
  ];
  return `if-shell -F -t ${word(paneId)} '#{==:#{window_panes},1}' ${word(chain(window))}`;
}

/**
 * A restored shell gives way to the launch file. tmux looks again in the same moment: a pane in which another program runs by now,
 * or which is another one (a script that is run later), is left alone. Only the shell's name is compared, never a path: that is data.
 */
export function emitAdopt(input: BatchInput, step: StepOf<'adopt-pane'>): string {
  const { paneId, pid, shell } = step;
  if (!/^[a-z]+$/.test(shell)) throw new Error(`step ${step.id} names no shell: ${shell}`);
  const still = `#{&&:#{==:#{pane_pid},${pid}},#{==:#{pane_current_command},${shell}}}`;
  const taken = [
    `respawn-pane -k -t ${word(paneId)} ${start(input, step)}`,
    ...emitPane(input, step.pane, paneId),
    ...windowOptions().map((option) => setWindow(paneId, option)),
    nameAlone(paneOf(input, step.pane), paneId),
    report(step, paneId),
  ];
  return `if-shell -F -t ${word(paneId)} ${word(still)} ${word(chain(taken))}`;
}

/** The mark comes last, and only where a pane bears its own by then. */
export function emitAdoptSession(input: BatchInput, step: StepOf<'adopt-session'>): string {
  const still = `#{&&:#{==:#{@claude_tmux_id},${step.pane}},#{&&:#{==:#{session_id},${step.sessionId}},#{?@claude_tmux_fleet,0,1}}}`;
  const mark = [...sessionOptions(`${step.sessionId}:`, input.uuid), report(step, step.paneId)];
  return `if-shell -F -t ${word(step.paneId)} ${word(still)} ${word(chain(mark))}`;
}

/** Marked first: where the session's own `status` leaves no room, it is not tried at each `up`. */
export function emitAddLine(step: StepOf<'add-line'>): string {
  const session = `${step.sessionId}:`;
  return chain([markLine(session), emitOwnLine(session), report(step, session)]);
}

/** The exact layout; only a string that was read back whole reaches tmux (3.3a dies of a bad one). */
export function emitArrange(
  input: BatchInput,
  step: StepOf<'arrange-window'>,
  window: { readonly target: string; readonly isNew: boolean },
): string {
  if (!parseTmuxLayout(step.layout)) throw new Error(`step ${step.id} holds no tmux layout: ${step.layout}`);
  const again =
    window.isNew && input.sizeKnown !== true
      ? lateAttach(step.layout, { target: window.target, version: input.version })
      : [];
  return chain([`select-layout -t ${word(window.target)} ${word(step.layout)}`, ...again, report(step, window.target)]);
}

function setWindow(target: string, [name, value]: WindowOption): string {
  return value === null
    ? `set-option -wu -t ${word(target)} ${name}`
    : `set-option -w -t ${word(target)} ${name} ${word(value)}`;
}

/** Who the pane is: set when it is made and when its label changes, because each `set-option` redraws every client. */
function emitPane(input: BatchInput, id: string, target: string): string[] {
  const pane = paneOf(input, id);
  const options: readonly (readonly [string, string])[] = [
    ['@claude_tmux_id', pane.id],
    ['@claude_tmux_name', pane.name],
    ['@claude_tmux_color', tmuxColor(pane.color) ?? 'default'],
    ['@claude_tmux_number', String(pane.number)],
  ];
  return options.map(([name, value]) => `set-option -p -t ${word(target)} ${name} ${word(oneLine(value))}`);
}

/**
 * The launch file started directly: several words go to exec, whatever default-shell and default-command are. With `hold` it
 * shows its footer and starts nothing.
 */
function start(input: BatchInput, { pane, hold }: { readonly pane: string; readonly hold: boolean }): string {
  const file = input.launchFiles[pane];
  if (file === undefined) throw new Error(`no launch file for pane ${pane}`);
  return `-c ${word(asFormatPath(input.startFolder))} -- sh ${word(file)}${hold ? ' hold' : ''}`;
}

function paneOf({ plan }: BatchInput, id: string): Pane {
  const pane = plan.panes[id];
  if (!pane) throw new Error(`the plan names pane ${id} and does not hold it`);
  return pane;
}

function announce(step: PaneStep): string {
  return `-P -F ${word(stepLine(step))}`;
}

function report(step: PaneStep, target: string): string {
  return `display-message -p -t ${word(target)} ${word(stepLine(step))}`;
}

function stepLine(step: PaneStep): string {
  return `STEP ${step.id} #{pane_id} #{window_id} #{session_id}`;
}

function chain(commands: readonly string[]): string {
  return commands.join(' ; ');
}
