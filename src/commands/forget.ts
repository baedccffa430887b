import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { readEvidence } from '../apply/readEvidence.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import { readArchives, removeTree } from '../apply/readArchives.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { pasted } from '../base/pasted.ts';
import { plural } from '../base/text.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths } from '../store/paths.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Deletes the record of a fleet that is down. Clones, branches and conversations stay where they are. */
export async function forget(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const picked = await pickFleet(context, given);
  const lock = fleetLock(context.store, picked.name);
  return withLock(lock, { timeoutMs: 60_000, what: `forgetting "${picked.name}"` }, async () => {
    const record = await settleUnderLock(context, (await readFleet(context.store, picked.uuid)) ?? picked);
    await refuseWhatRuns(context, record);
    if (options['yes'] !== true) await refuseWhatDepends(record);
    await removeRecord(context, record);
    context.talk(`"${record.name}" is forgotten; its clones are still in ${record.workspace}`);
    return EXIT.done;
  });
}

/** An agent can outlive its pane: without a record nothing would know of it. */
async function refuseWhatRuns(context: Context, record: FleetRecord): Promise<void> {
  const evidence = await readEvidence(context, { record, server: recordedServer(record) });
  const running = evidence
    .filter(({ pane, facts }) => pane !== null || facts?.alive === true)
    .map(({ session }) => session.id);
  if (running.length === 0) return;
  const message = `"${record.name}" was not forgotten: it is up (${running.join(', ')})`;
  throw new UserError(message, { hint: `${pasted`down ${record.name}`} takes it down` });
}

/** What only the record leads to: archives that `undo` and `prune` work on, and what a session still waits for. */
async function refuseWhatDepends(record: FleetRecord): Promise<void> {
  const archives = (await readArchives(record)).filter(({ isWhole, receipt }) => isWhole || receipt.shrunkTo !== null);
  const waiting = record.sessions.filter(({ nextTask, syncWhenIdle }) => nextTask !== null || syncWhenIdle !== null);
  const reasons = [
    ...(archives.length === 0
      ? []
      : [`${plural(archives.length, 'closed session')} could not be brought back or pruned`]),
    ...(waiting.length === 0 ? [] : [`a task or a sync is queued for ${waiting.map(({ id }) => id).join(', ')}`]),
  ];
  if (reasons.length === 0) return;
  throw new UserError(`"${record.name}" was not forgotten: ${reasons.join('; ')}`, {
    hint: `see claude-tmux ls --closed; ${pasted`forget ${record.name} --yes`} forgets it all the same, and deletes no clone`,
  });
}

/** Renamed first: a record is there or gone, never a part of it. */
async function removeRecord(context: Context, { uuid }: FleetRecord): Promise<void> {
  const { root } = fleetPaths(context.store, uuid);
  const leaving = join(dirname(root), `.forgotten-${uuid}`);
  await rename(root, leaving);
  await removeTree(leaving);
}
