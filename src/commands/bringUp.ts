import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { applyPanes } from '../apply/applyPanes.ts';
import { applyTrees } from '../apply/applyTrees.ts';
import { runsInPane } from '../apply/ownPane.ts';
import { mendTrees } from '../apply/mendTrees.ts';
import { readGuests } from '../apply/readGuests.ts';
import { moveHere, refuseAway } from '../apply/fleetHome.ts';
import { findProgram } from '../agent/findProgram.ts';
import { EXIT, ProgramError, UserError } from '../base/errors.ts';
import { plural } from '../base/text.ts';
import { startsClaude, treeOwnerId } from '../layout/layout.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import { isTreeStep, type Plan, type Step } from '../plan/step.ts';
import { decide, describeRefusal } from '../status/decide.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { settleFleet, writeFleet } from '../store/fleets.ts';
import { compareMachines } from '../store/machine.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import { checkBefore } from './checkBefore.ts';
import { keepRecord } from './keepRecord.ts';
import { startWatcher } from '../watch/startWatcher.ts';
import { meetDialogs } from './meetDialogs.ts';
import { reloadFleet, type LoadedFleet } from './loadFleet.ts';
import { refuseLost } from './lostConversations.ts';
import { newRecord } from './newRecord.ts';
import { planFleet, type PlannedFleet } from './planFleet.ts';
import { noteNewContent, trustClones } from './trustClones.ts';
import { checkOutcome, describeAsking } from './upOutcome.ts';
import { withoutTasks } from './withoutTasks.ts';

export interface UpOptions {
  readonly only: readonly string[] | null;
  /** Sessions to start although they had ended by themselves. */
  readonly start?: readonly string[];
  readonly fromHere: boolean;
  readonly noPrompt: boolean;
  /** True for a fleet that was another machine's and is to be this one's. */
  readonly moveHere?: boolean;
  readonly yes: boolean;
  /** True when the fleet is shown in this terminal right afterwards. */
  readonly attach: boolean;
}

export interface BroughtUp {
  /** Exit code. */
  readonly code: number;
  /** The fleet's record; null when something went wrong on the screen, and there may be nothing to show. */
  readonly record: FleetRecord | null;
}

/** Makes it so: trees, then panes, then the record. Call it under the fleet's lock. */
export async function bringUp(context: Context, given: LoadedFleet, wanted: UpOptions): Promise<BroughtUp> {
  if (given.record !== null)
    await (wanted.moveHere === true ? moveHere(context, given.record) : refuseAway(context, given.record));
  const loaded = { ...given, record: given.record && (await mendTrees(context, given.record)) };
  const first = await planFleet(context, loaded, wanted);
  refuseProblems(first.plan);
  await refuseOwnPane(first);
  for (const note of first.plan.notes) context.talk(`note: ${note}`);
  if (first.plan.steps.length === 0) return reportNothing(context, { planned: first, record: loaded.record, wanted });
  const { refused, resumed } = await refuseSome(context, first, { loaded, wanted });
  if (refused.length > 0)
    return bringUpWithout(context, { given: loaded, wanted, refused, all: first.layout.panes.map(({ id }) => id) });
  await checkPrograms(context, first);
  await needRoomFor(context, loaded.record, wanted);
  await checkBefore(context, { planned: first, loaded, fromHere: wanted.fromHere });
  const before = loaded.record && (await noteNewContent(context, loaded.record, first.plan));
  const known = before ?? newRecord(context, loaded, first.server);
  const dialogs = await meetDialogs(context, {
    checkout: loaded.world.checkout,
    planned: first,
    record: known,
    yes: wanted.yes,
  });
  const trees = await makeTrees(context, first, { record: known, localSettings: dialogs.localSettings });
  if (context.signal.aborted) return { code: EXIT.interrupted, record: null };
  const made = { ...(await withoutTasks(context, known, trees.notBegun)), ...dialogs.answers };
  const record = await trustClones(context, made, { loaded, plan: first.plan, before, yes: wanted.yes });
  const isWhole = trees.failed.length + trees.notBegun.length === 0;
  const { planned, code } = isWhole
    ? { planned: first, code: EXIT.done }
    : await planRest(context, { loaded: { ...loaded, record: loaded.record && record }, wanted, trees, first });
  const kept = await keepRecord(context, record, { loaded, planned, newId: () => context.newId() });
  const missing = [...trees.incomplete, ...(await missingFolders(planned, kept))];
  await dialogs.trust(planned);
  const began = context.now();
  const panes = applyPanes(context, {
    plan: planned.plan,
    record: kept,
    server: planned.server,
    snapshot: planned.snapshot,
    accounts: planned.accounts,
    sizeKnown: wanted.attach,
    noPrompt: wanted.noPrompt,
  });
  const [failures] = await Promise.all([panes, settleFleet(context.store, kept.uuid)]);
  for (const failure of [...failures, ...missing]) context.talk(`claude-tmux: ${failure}`);
  if (failures.length > 0) return { code: EXIT.notDone, record: null };
  await startWatcher(context, planned.server, kept.uuid);
  // Who is shown the fleet sees it for himself, and `attach` looks whether it is there.
  const lost = wanted.attach ? [] : await checkOutcome(context, { record: kept, planned, began, resumed });
  for (const sentence of lost) context.talk(`claude-tmux: ${sentence}`);
  if (lost.length > 0) return { code: EXIT.notDone, record: kept };
  tellAfter(context, planned);
  return { code: missing.length > 0 ? EXIT.notDone : code, record: kept };
}

/** Everything is there; agents that ask something since their start go on only when somebody answers. */
async function reportNothing(
  context: Context,
  {
    planned,
    record,
    wanted,
  }: { readonly planned: PlannedFleet; readonly record: FleetRecord | null; readonly wanted: UpOptions },
): Promise<BroughtUp> {
  const { asking, isAll } =
    record === null ? { asking: null, isAll: false } : await describeAsking(context, { record, planned });
  const said =
    wanted.start === undefined
      ? `"${planned.layout.name}" is up: nothing to do`
      : `"${wanted.start.join('", "')}" runs already`;
  context.talk(asking === null ? said : `${said}, but ${asking}`);
  return {
    code: isAll && !wanted.attach ? EXIT.notDone : EXIT.done,
    record: record && (await noteMachine(context, record, planned)),
  };
}

/** `task` and `start` have asked already; asking again would leave an agent ended. */
async function needRoomFor({ store }: Context, record: FleetRecord | null, { start }: UpOptions): Promise<void> {
  if (record !== null && start === undefined) await needRoom(fleetPaths(store, record.uuid).root);
}

/** A record of a version that named no machine, of another boot, or of another machine where the fleet moves to this one. */
async function noteMachine(context: Context, record: FleetRecord, { machine }: PlannedFleet): Promise<FleetRecord> {
  if (record.machine !== null && compareMachines(record.machine, machine) === 'here') return record;
  const noted = { ...record, machine };
  await writeFleet(context.store, noted);
  return noted;
}

/** Those in whose clone another Claude works; else those whose conversation is lost. */
async function refuseSome(
  context: Context,
  planned: PlannedFleet,
  { loaded: { record }, wanted }: Omit<Before, 'planned'>,
): ReturnType<typeof refuseLost> {
  const guests = await refuseGuests(context, planned, record);
  if (guests.length > 0) return { refused: guests, resumed: new Map() };
  return refuseLost(context, {
    planned,
    record,
    ids: startedPanes(planned.plan, planned.layout).map(({ id }) => id),
    yes: wanted.yes,
  });
}

/** Ids of sessions that may not start, because another Claude works in their clone; each is said. */
async function refuseGuests(
  context: Context,
  { plan, layout }: PlannedFleet,
  record: FleetRecord | null,
): Promise<readonly string[]> {
  const guests = await readGuests(context, { layout, record, panes: startedPanes(plan, layout) });
  for (const { id, pid, path } of guests)
    context.talk(
      `claude-tmux: "${id}" was not started: another Claude (pid ${pid}) works in its clone ${path}; end it, then run the same command again`,
    );
  return guests.map(({ id }) => id);
}

interface Without {
  readonly given: LoadedFleet;
  readonly wanted: UpOptions;
  /** Ids of sessions that may not start. */
  readonly refused: readonly string[];
  readonly all: readonly string[];
}

/** The others go on; what was refused makes the exit code. */
async function bringUpWithout(context: Context, { given, wanted, refused, all }: Without): Promise<BroughtUp> {
  const only = (wanted.only ?? all).filter((id) => !refused.includes(id));
  if (only.length === 0) return { code: EXIT.notDone, record: null };
  const rest = await bringUp(context, given, { ...wanted, only });
  return { ...rest, code: rest.code === EXIT.done ? EXIT.notDone : rest.code };
}

function refuseProblems({ problems }: Plan): void {
  const [first, ...others] = problems;
  if (first !== undefined)
    throw new UserError(['nothing was done:', first, ...others].join(others.length === 0 ? ' ' : '\n  '));
}

/** A pane that is started again ends what runs in it: this very command, when it was given in that pane's shell. */
async function refuseOwnPane({ plan, snapshot }: PlannedFleet): Promise<void> {
  const panes = snapshot.tmux.session?.windows.flatMap((window) => window.panes) ?? [];
  for (const step of plan.steps) {
    if (step.kind !== 'respawn-pane' || !(await runsInPane(panes.find(({ id }) => id === step.paneId)?.pid ?? null)))
      continue;
    const { message, hint } = describeRefusal('respawn', step.pane, {
      decision: decide('respawn', { state: 'exited', circumstances: ['ownPane'] }),
    });
    throw new UserError(message, { hint });
  }
}

/** The agents' programs must be there before anything is made: a pane that only says "not found" helps nobody. */
async function checkPrograms(context: Context, { plan, layout }: PlannedFleet): Promise<void> {
  const started = startedPanes(plan, layout);
  for (const pane of started) {
    const program = pane.work.kind === 'agent' ? pane.work.command[0] : undefined;
    if (program === undefined || (await findProgram(program, context)) !== null) continue;
    const hint =
      pane.work.kind === 'agent' && pane.work.isClaude
        ? 'install Claude Code (npm install -g @anthropic-ai/claude-code), or set `claude: {command: …}` in the layout'
        : 'install it, or set `claude: {command: …}` in the layout';
    throw new UserError(`the program "${program}" of pane "${pane.id}" is not on PATH`, { hint });
  }
}

interface Before {
  readonly planned: PlannedFleet;
  readonly loaded: LoadedFleet;
  readonly wanted: UpOptions;
}

interface MadeTrees {
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
async function makeTrees(
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

interface Rest {
  readonly loaded: LoadedFleet;
  readonly wanted: UpOptions;
  readonly trees: MadeTrees;
  readonly first: PlannedFleet;
}

/** One bad tree spoils no other session: what is left is planned anew, without the panes that cannot be. */
async function planRest(
  context: Context,
  { loaded, wanted, trees: { failed, notBegun }, first }: Rest,
): Promise<{ readonly planned: PlannedFleet; readonly code: number }> {
  const wantedIds = wanted.only ?? first.layout.panes.map((pane) => pane.id);
  const only = wantedIds.filter((id) => !failed.includes(id));
  if (only.length === 0)
    throw new UserError('no session could be brought up', {
      hint: 'mend what is said above, then run the same command again',
    });
  if (failed.length > 0) context.talk(`note: brought up without ${failed.join(', ')}; the same command tries again`);
  const now =
    notBegun.length > 0 && loaded.record !== null
      ? { ...loaded, ...(await reloadFleet(context, loaded.record)) }
      : loaded;
  return { planned: await planFleet(context, now, { ...wanted, only }), code: EXIT.notDone };
}

/** A pane whose `dir` its tree does not have cannot start; it says so itself, but nobody may be looking. A setup may make it yet. */
async function missingFolders({ plan, layout }: PlannedFleet, record: FleetRecord): Promise<string[]> {
  const inSetup = plan.steps.flatMap((step) => (step.kind === 'run-setup' ? [step.pane] : []));
  const settled = startedPanes(plan, layout).filter((pane) => !inSetup.includes(treeOwnerId(pane)));
  const found = await Promise.all(
    settled.map(async (pane): Promise<string[]> => {
      const session = record.sessions.find((candidate) => candidate.id === pane.id);
      const folder = session === undefined ? null : join(session.path, pane.dir);
      return folder === null || (await isFolder(folder))
        ? []
        : [
            `pane "${pane.id}" cannot start: its folder ${folder} is not there; mend \`dir\` in the layout, or make the folder`,
          ];
    }),
  );
  return found.flat();
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true;
}

function tellAfter(context: Context, { plan, layout, snapshot }: PlannedFleet): void {
  const made = plan.steps.filter(
    (step) => step.kind === 'create-session' || step.kind === 'create-window' || step.kind === 'create-pane',
  ).length;
  const again = plan.steps.filter((step) => step.kind === 'respawn-pane' || step.kind === 'adopt-pane').length;
  const begun = plan.steps.flatMap((step) => (step.kind === 'begin-task' ? [step.pane] : []));
  const resumed = startedPanes(plan, layout).filter(
    (pane) => startsClaude(pane) && snapshot.agents[pane.id]?.begun === true && !begun.includes(pane.id),
  ).length;
  const parts = [
    made === 0 ? '' : `${plural(made, 'pane')} made`,
    again === 0 ? '' : `${again} started again`,
    resumed === 0 ? '' : `${plural(resumed, 'conversation')} resumed`,
  ].filter((part) => part !== '');
  const setups = plan.steps.flatMap((step) => (step.kind === 'run-setup' ? [step.pane] : []));
  if (setups.length > 0)
    context.talk(`note: the setup of ${setups.join(', ')} runs in the pane, before what that starts`);
  context.talk(`"${plan.fleet}" is up${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`);
}
