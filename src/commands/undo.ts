import type { Context } from '../apply/context.ts';
import { refuseElsewhere } from '../apply/fleetHome.ts';
import { settleArchives } from '../apply/readArchives.ts';
import { standsAt } from '../git/standing.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import { undoClosed } from '../apply/undoClosed.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { closest } from '../base/text.ts';
import type { UndoStep } from '../status/closing.ts';
import type { ClosedSession, FleetRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import { readServer } from '../tmux/readServer.ts';
import { askTrust } from './askTrust.ts';
import { bringUp } from './bringUp.ts';
import { recordedServer } from './fleetServer.ts';
import { reloadFleet } from './loadFleet.ts';
import { fleetsMeant, knownFleets, pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Brings a closed session back: clone, pane and conversation. Without a name the one that was closed last. */
export async function undo(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const fleetName = typeof options['fleet'] === 'string' ? options['fleet'] : undefined;
  const fleet = await pickFleetOf(context, given, fleetName);
  await refuseElsewhere(context, fleet);
  return undoIn(context, fleet, { given, yes: options['yes'] === true });
}

interface Wanted {
  readonly given: string | undefined;
  readonly yes: boolean;
  /** Called after each step; a test ends the process in it. */
  readonly after?: (step: UndoStep) => void;
}

export function undoIn(context: Context, fleet: FleetRecord, { given, yes, after }: Wanted): Promise<number> {
  return withLock(
    fleetLock(context.store, fleet.name),
    { timeoutMs: 60_000, what: `bringing back what was closed of "${fleet.name}"` },
    async () => {
      await needRoom(fleetPaths(context.store, fleet.uuid).root);
      const record = await settleUnderLock(context, (await readFleet(context.store, fleet.uuid)) ?? fleet);
      await settleArchives(record, context.env);
      const entry = given === undefined ? await findLatest(record) : findClosed(record, given);
      if (entry === null) {
        const cutOff = given === undefined ? null : await findWithoutPane(context, record, given);
        if (cutOff !== null) return showPane(context, record, { id: cutOff, yes });
        context.talk(
          given === undefined
            ? `nothing of "${record.name}" is closed that could be brought back`
            : `"${given}" is open: nothing to undo`,
        );
        return EXIT.done;
      }
      const opened = await undoClosed(context, { record, entry, ...(after ? { after } : {}) });
      context.out(
        entry.archive === null
          ? `"${entry.session.id}" is back\n`
          : `"${entry.session.id}" is back in ${entry.session.path}\n`,
      );
      return showPane(context, opened, { id: entry.session.id, yes });
    },
  );
}

/** The id of an open session that is not on the screen of a fleet that is: an undo that was cut off, and settled since, has left it so. */
async function findWithoutPane(context: Context, record: FleetRecord, given: string): Promise<string | null> {
  if (!record.sessions.some(({ id }) => id === given)) return null;
  const { session } = await readServer(recordedServer(record), {
    uuid: record.uuid,
    session: record.session,
    env: context.env,
  });
  const isShown = session?.windows.some(({ panes }) => panes.some((pane) => pane.session === given)) ?? true;
  return isShown ? null : given;
}

/** The one that was closed last and is still there: what `prune` has deleted or shrunk cannot be brought back. */
async function findLatest({ closed, sessions }: FleetRecord): Promise<ClosedSession | null> {
  for (const entry of [...closed].reverse()) {
    const isOpen = sessions.some(({ id }) => id === entry.session.id);
    if (!isOpen && (entry.archive === null || (await standsAt(entry.archive, entry.inode)))) return entry;
  }
  return null;
}

/** By id (the latest of several), by the name of its archive, or by the beginning of either; null for a session that is open. */
function findClosed(record: FleetRecord, given: string): ClosedSession | null {
  const newest = [...record.closed].reverse();
  const isOpen = (id: string): boolean => record.sessions.some((session) => session.id === id);
  const exact = newest.find(({ session }) => session.id === given) ?? newest.find(({ slot }) => slot === given);
  if (exact) return exact;
  if (isOpen(given)) return null;
  const begun = newest.find(({ slot }) => given !== '' && slot.startsWith(given));
  if (begun) return begun;
  if (record.sessions.some(({ number }) => String(number) === given)) return null;
  const ids = [...new Set(newest.map(({ session }) => session.id))];
  const meant = closest(given, ids);
  throw new UserError(`no session "${given}" of "${record.name}" is closed`, {
    hint:
      ids.length === 0
        ? 'claude-tmux ls --closed lists what is'
        : meant === null
          ? `closed are: ${ids.join(', ')}`
          : `did you mean "${meant}"?`,
    exitCode: EXIT.usage,
  });
}

/** The fleet that is named; else of those one stands near the only one that has such a closed session; else as everywhere. */
async function pickFleetOf(
  context: Context,
  given: string | undefined,
  fleetName: string | undefined,
): Promise<FleetRecord> {
  if (fleetName !== undefined || given === undefined) return pickFleet(context, fleetName);
  const fleets = await knownFleets(context);
  const fitting = fleetsMeant(fleets, context.cwd).filter(({ closed }) =>
    closed.some(({ session, slot }) => session.id === given || slot.startsWith(given)),
  );
  const [only, ...others] = fitting;
  return only && others.length === 0 ? only : pickFleet(context, undefined);
}

/** The clone is back whatever becomes of the pane: a layout that cannot be read, or no longer has this session, is said. */
async function showPane(
  context: Context,
  record: FleetRecord,
  { id, yes }: { readonly id: string; readonly yes: boolean },
): Promise<number> {
  const loaded = { ...(await reloadFleet(context, record)), record };
  if (!loaded.read.layout.panes.some((pane) => pane.id === id)) {
    context.talk(`"${id}" is no longer in the layout ${record.layout}: it has a clone and no pane`);
    return EXIT.done;
  }
  await askTrust(context, loaded, { yes });
  return (await bringUp(context, loaded, { only: [id], fromHere: false, noPrompt: false, yes, attach: false })).code;
}
