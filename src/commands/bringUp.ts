import type { Context } from '../apply/context.ts';
import { applyPanes } from '../apply/applyPanes.ts';
import { mendTrees } from '../apply/mendTrees.ts';
import { moveHere, refuseAway } from '../apply/fleetHome.ts';
import { EXIT, UserError } from '../base/errors.ts';
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
import { newRecord } from './newRecord.ts';
import { planFleet, type PlannedFleet } from './planFleet.ts';
import { noteNewContent, trustClones } from './trustClones.ts';
import { checkOutcome, describeAsking } from './upOutcome.ts';
import { withoutTasks } from './withoutTasks.ts';
import { refuseSome, refuseProblems, refuseOwnPane, checkPrograms } from './upRefusals.ts';
import { missingFolders, tellAfter } from './upNotes.ts';
import { type MadeTrees, makeTrees } from './makeTrees.ts';
import type { UpOptions } from './upOptions.ts';

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
