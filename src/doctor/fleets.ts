import { shellWord } from '../base/shellText.ts';
import { pasted } from '../base/pasted.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

/** A fleet that is recorded. */
export interface FleetReading {
  readonly name: string;
  readonly socket: string;
  /** False when its tmux session, or its whole server, is gone; null when that could not be asked. */
  readonly isUp: boolean | null;
  /** True when its server is the one that is looked at. */
  readonly isHere: boolean;
  readonly clones: readonly CloneReading[];
  /** Agents whose processes live. */
  readonly living: readonly { readonly id: string; readonly pid: number | null }[];
  /** Why its layout cannot be used; null when it can. */
  readonly layoutProblem: string | null;
  /** Why it could not be looked at; null when it could. */
  readonly problem: string | null;
}

export interface CloneReading {
  readonly id: string;
  readonly path: string;
  readonly isThere: boolean;
  /** What git says when it cannot be read; null when it can, or is gone. */
  readonly error: string | null;
  /** Why hooks of the checkout do not run in it; null when they do, or there are none. */
  readonly hooks: string | null;
}

/** A record that cannot be read. */
export interface RecordProblem {
  readonly message: string;
  readonly hint: string | null;
}

export function fleetFindings(fleets: readonly FleetReading[], problems: readonly RecordProblem[]): readonly Finding[] {
  const unread = problems.map(({ message, hint }) => wrong('record', message, hint ?? 'move that file away'));
  if (fleets.length === 0 && unread.length === 0)
    return [note('fleets', 'no fleet is recorded', 'claude-tmux up LAYOUT brings one up')];
  const found = fleets.flatMap((fleet) => [
    ...placeFindings(fleet),
    ...livingFindings(fleet),
    ...fleet.clones.flatMap((clone) => cloneFindings(fleet, clone)),
    ...layoutFindings(fleet),
  ]);
  return [...unread, ...found, ...downFinding(fleets)];
}

/** To be down is what `down` is for: one line for all of them, and no reason to do anything. */
function downFinding(fleets: readonly FleetReading[]): readonly Finding[] {
  const down = fleets.filter(({ isUp, problem }) => isUp === false && problem === null);
  const [first] = down;
  if (first === undefined) return [];
  const names = `${down
    .slice(0, SHOWN)
    .map(({ name }) => `"${name}"`)
    .join(', ')}${down.length > SHOWN ? `, and ${down.length - SHOWN} more` : ''}`;
  const back = down.length === 1 ? `; ${pasted`up ${first.name}`} brings it back` : '';
  return [
    ok(
      'fleet',
      `${down.length === 1 ? `the fleet ${names} is` : `${down.length} fleets are`} down${down.length === 1 ? '' : `: ${names}`}${back}`,
    ),
  ];
}

/** Fleets that a line names. */
const SHOWN = 8;

/** Without a tmux that can be asked nothing is known here, and what keeps it from being asked is said already. */
function placeFindings({ name, isUp, isHere, socket, problem }: FleetReading): readonly Finding[] {
  if (problem !== null)
    return [wrong('fleet', `the fleet "${name}" cannot be looked at: ${problem}`, 'mend that, and ask again')];
  if (isUp !== true) return [];
  if (!isHere)
    return [
      note(
        'fleet',
        `the fleet "${name}" is up on another tmux server, which is not looked at`,
        pasted`doctor -S ${socket}`,
      ),
    ];
  return [ok('fleet', `the fleet "${name}" is up`)];
}

/** The launch file's agents end with their pane; what outlived it works on unseen, and `up` would start another beside it. */
function livingFindings({ name, isUp, living }: FleetReading): readonly Finding[] {
  if (isUp !== false) return [];
  return living.map(({ id, pid }) =>
    wrong(
      'agent-without-pane',
      `"${id}" of ${name} still runs${pid === null ? '' : ` (pid ${pid})`}, and its tmux session is gone`,
      pid === null ? pasted`explain ${id}` : `kill ${pid}, then ${pasted`up ${name}`}`,
    ),
  );
}

function cloneFindings(
  { name, isUp }: FleetReading,
  { id, path, isThere, error, hooks }: CloneReading,
): readonly Finding[] {
  if (!isThere && isUp === false)
    return [note('clone', `the clone of "${id}" (${name}) is gone: ${path}`, `${pasted`up ${name}`} makes it anew`)];
  if (!isThere)
    return [
      wrong(
        'clone',
        `the clone of "${id}" (${name}) is gone while the fleet is up: ${path}`,
        `${pasted`up ${name}`} makes it anew, then ${pasted`restart ${id}`}`,
      ),
    ];
  if (error === null)
    return hooks === null
      ? []
      : [note('hooks-off', `in the clone of "${id}" (${name}) ${hooks}`, `the clone is ${shellWord(path)}`)];
  return [
    wrong(
      'clone',
      `the clone of "${id}" (${name}) cannot be read: ${error}`,
      `run git status in ${shellWord(path)}; if it is beyond repair, move it away and ${pasted`up ${name}`}`,
    ),
  ];
}

function layoutFindings({ name, layoutProblem }: FleetReading): readonly Finding[] {
  return layoutProblem === null
    ? []
    : [
        note(
          'layout',
          `the layout of "${name}" cannot be used as it is: ${layoutProblem}`,
          `${pasted`up ${name}`} says what is wrong with it, and where`,
        ),
      ];
}
