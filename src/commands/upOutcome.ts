import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../apply/context.ts';
import { readVerdicts, type SessionEvidence } from '../apply/readEvidence.ts';
import { pasted, pastedFor } from '../base/pasted.ts';
import { oneLine, plural } from '../base/text.ts';
import { lookOf } from '../status/states.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import type { TmuxSession } from '../plan/snapshot.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { capturePane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import type { PlannedFleet } from './planFleet.ts';

/** How long agents may take to give a first sign, in milliseconds. The wait is over when one has given it, or all have ended. */
const PATIENCE_MS = 8000;
const LOOK_EVERY_MS = 50;
/** A file's time may be that much older than the clock. In milliseconds. */
const CLOCK_MS = 20;
/** Lines of what an agent said before it ended. */
const FIRST_WORDS = 5;

interface Made {
  readonly record: FleetRecord;
  readonly planned: PlannedFleet;
  /** When the making began; milliseconds since 1970. */
  readonly began: number;
  /** The conversations that are to go on, by session id. */
  readonly resumed: ReadonlyMap<string, string>;
}

/**
 * Looks whether what was made lives, and resolves to a sentence for each thing that does not: the tmux session, its panes, and the agents. As
 * soon as one agent has given a sign of life, or none can any more, that is known; a fleet without agents is not waited for.
 */
export async function checkOutcome(
  context: Context,
  { record, planned, began, resumed }: Made,
): Promise<readonly string[]> {
  const { session } = await readServer(planned.server, {
    uuid: record.uuid,
    session: record.session,
    env: context.env,
  });
  if (session === null)
    return [
      `the tmux session "${record.session}" ended as soon as it was made; see the options destroy-unattached and exit-unattached, and the hooks of your tmux configuration`,
    ];
  const gone = missingPanes(planned, session);
  if (gone.length > 0) return gone.map((id) => `the pane of "${id}" ended as soon as it was made`);
  return checkAgents(context, { record, planned, began, resumed, session });
}

/** Waits for the first sign of one agent that is to go on with its conversation; a sentence when it has begun another. */
export async function checkResumed(
  context: Context,
  { record, planned, began, resumed }: Made,
): Promise<readonly string[]> {
  const deadline = context.now() + PATIENCE_MS;
  while (resumed.size > 0 && context.now() < deadline && !context.signal.aborted) {
    const all = (await readVerdicts(context, { record, server: planned.server })).filter(({ session: { id } }) =>
      resumed.has(id),
    );
    if (
      all.every((one) => hasSpoken(one, began) || isAsking(one) || (one.facts?.alive === false && isLost(one, began)))
    )
      return all.flatMap((one) => describeOther(one, { began, resumed }));
    await pause(LOOK_EVERY_MS);
  }
  return [];
}

/** The process that was started since is registered with its conversation: until then hooks and files may tell of the one before, whose end comes late. */
function hasSpoken({ facts }: Seen, began: number): boolean {
  return facts !== null && facts.registry !== null && (facts.startedAt ?? 0) > began - CLOCK_MS;
}

/** `2 panes ask: "fe" (asks whether …); claude-tmux go fe`, null when none does; and whether every agent of the fleet does. */
export async function describeAsking(
  context: Context,
  { record, planned }: Pick<Made, 'record' | 'planned'>,
): Promise<{ readonly asking: string | null; readonly isAll: boolean }> {
  const agents = (await readVerdicts(context, { record, server: planned.server })).filter(
    ({ session }) => session.kind === 'agent',
  );
  const asking = agents.filter(isAsking);
  const [first] = asking;
  if (first === undefined) return { asking: null, isAll: false };
  const named = asking
    .map(({ session, verdict }) => `"${session.id}"${verdict.detail === null ? '' : ` (${verdict.detail})`}`)
    .join(', ');
  const verb = asking.length === 1 ? 'asks something in its pane' : 'ask something in their panes';
  return {
    asking: `${plural(asking.length, 'session')} ${verb} and cannot go on: ${named}; answer there: ${pasted`go ${first.session.id}`}`,
    isAll: asking.length === agents.length,
  };
}

function missingPanes({ plan }: PlannedFleet, session: TmuxSession): readonly string[] {
  const living = session.windows
    .flatMap(({ panes }) => panes)
    .filter(({ dead }) => !dead)
    .map(({ session: id }) => id);
  return plan.steps.flatMap((step) => ('hold' in step && !living.includes(step.pane) ? [step.pane] : []));
}

type Seen = Omit<SessionEvidence, 'pane' | 'window'>;

interface Checking extends Made {
  readonly session: TmuxSession;
}

async function checkAgents(
  context: Context,
  { record, planned, began, resumed, session }: Checking,
): Promise<readonly string[]> {
  const ids = startedPanes(planned.plan, planned.layout).flatMap(({ id, work }) =>
    work.kind === 'agent' && work.isClaude ? [id] : [],
  );
  if (ids.length === 0) return [];
  const deadline = context.now() + PATIENCE_MS;
  for (;;) {
    const all = (await readVerdicts(context, { record, server: planned.server })).filter(({ session: { id } }) =>
      ids.includes(id),
    );
    const lost = all.filter((one) => isLost(one, began));
    if (context.signal.aborted) return [];
    const isKnown = all.some(isSettled);
    if (lost.length > 0 && (isKnown || all.every((one) => lost.includes(one) || waitsForStart(one))))
      return describeLost(context, { lost, all: isKnown ? lost : all, planned, session });
    if (isKnown) return all.flatMap((one) => describeOther(one, { began, resumed }));
    // One that has left no trace by now was not started at all: its launch file could not write, or could start no process.
    const never = all.filter(isOver);
    if (context.now() >= deadline)
      return never.length === 0 ? [] : describeLost(context, { lost: never, all: never, planned, session });
    await pause(LOOK_EVERY_MS);
  }
}

/** It lives, or is past what can be said now: its setup may take long. */
function isSettled({ verdict, facts }: Seen): boolean {
  return verdict.source === 'hook' || verdict.source === 'registry' || facts?.preparation?.kind === 'setup';
}

/** Claude was to go on with a conversation, and began another (a SessionStart `startup` with an id of its own): the old one is not lost. */
function describeOther(
  { session: { id, path }, facts }: Seen,
  { began, resumed }: Pick<Made, 'began' | 'resumed'>,
): readonly string[] {
  const [wanted, now] = [resumed.get(id), facts?.conversation ?? null];
  if (
    wanted === undefined ||
    now === null ||
    now === wanted ||
    facts?.alive !== true ||
    (facts.startedAt ?? 0) <= began - CLOCK_MS
  )
    return [];
  const command = pastedFor`cd ${path} && claude --resume ${wanted}`;
  return [
    `"${id}" was to go on with the conversation ${wanted}, and Claude has begun another one (${now}), which is empty; the old one can be resumed in a shell: ${command}`,
  ];
}

/** It asks something, or its program has run since and is over. */
function isLost({ verdict: { state }, facts }: Seen, began: number): boolean {
  const { atStart } = lookOf(state);
  if (atStart === 'asks') return true;
  const preparation = facts?.preparation ?? null;
  return atStart === 'over' && (preparation !== null || (facts?.startedAt ?? 0) > began - CLOCK_MS);
}

function isOver({ verdict: { state } }: Seen): boolean {
  return lookOf(state).atStart === 'over';
}

function isAsking({ verdict }: Seen): boolean {
  return lookOf(verdict.state).atStart === 'asks';
}

function waitsForStart({ verdict, facts }: Seen): boolean {
  const kind = facts?.preparation?.kind;
  return kind === 'waits' || (kind === 'setup-failed' && lookOf(verdict.state).atStart === null);
}

interface Lost {
  readonly lost: readonly Seen[];
  readonly all: readonly Seen[];
  readonly planned: PlannedFleet;
  readonly session: TmuxSession;
}

/** Those that ended, and those that ask, with the reason; alike ones in one sentence. */
async function describeLost(context: Context, { lost, all, planned, session }: Lost): Promise<readonly string[]> {
  const reasons = new Map<string, Seen[]>();
  for (const one of lost) {
    const { state, detail } = one.verdict;
    const asks = `${detail ?? 'asks something'} in its pane and waits for you`;
    const reason = isAsking(one) ? asks : `ended as soon as it was started (${detail ?? state})`;
    reasons.set(reason, [...(reasons.get(reason) ?? []), one]);
  }
  const sentences = await Promise.all(
    [...reasons].map(async ([reason, ones]) => {
      const words = ones.some(isAsking) ? '' : await firstWords(context, { one: ones[0], planned, session });
      return `${ones.map(({ session: { id } }) => `"${id}"`).join(', ')} ${reason}${words}`;
    }),
  );
  const waiting = all.length - lost.length;
  return waiting === 0 ? sentences : [...sentences, `${waiting} more wait for a start`];
}

/** What stands in its pane, above the footer of its launch file. */
async function firstWords(
  context: Context,
  {
    one,
    planned,
    session,
  }: { readonly one: Seen | undefined; readonly planned: PlannedFleet; readonly session: TmuxSession },
): Promise<string> {
  const pane = session.windows.flatMap(({ panes }) => panes).find((candidate) => candidate.session === one?.session.id);
  if (pane === undefined || one === undefined) return '';
  const screen = await capturePane(planned.server, pane.id, context.env);
  const [shown = ''] = screen.split(` ${oneLine(one.session.name)} `);
  const lines = shown
    .split('\n')
    .map((line) => oneLine(line).trimEnd())
    .filter((line) => line !== '');
  return lines.length === 0
    ? ''
    : `:\n${lines
        .slice(0, FIRST_WORDS)
        .map((line) => `    ${line}`)
        .join('\n')}`;
}
