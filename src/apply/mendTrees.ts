import { mendSync } from '../git/mendSync.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { readFleet } from '../store/fleets.ts';
import type { Context } from './context.ts';
import { keepSyncs } from './keepSyncs.ts';

/**
 * Ends what a killed sync left half done in the trees of a fleet; two looks at files for each that is whole. Call it under the fleet's lock.
 * Resolves to the record as it is then: a sync that was finished is written down.
 */
export async function mendTrees(context: Context, record: FleetRecord): Promise<FleetRecord> {
  let now = record;
  for (const { id } of record.sessions) now = await mendTreeOf(context, now, id);
  return now;
}

/** The same for the tree that is a session's own, before anybody judges what lies in it: files half moved are not the session's work. */
export async function mendTreeOf(context: Context, record: FleetRecord, id: string): Promise<FleetRecord> {
  const owner = record.sessions.find((session) => session.id === id && session.owner === id);
  if (owner === undefined || !(await mendTree(context, owner, keepSyncs(context, record)))) return record;
  return (await readFleet(context.store, record.uuid)) ?? record;
}

/** One tree; true when there was something to end. Throws a UserError while a git is at work in it. */
export async function mendTree(
  context: Context,
  owner: SessionRecord,
  keep: Pick<ReturnType<typeof keepSyncs>, 'synced'>,
): Promise<boolean> {
  const mended = await mendSync(owner.path, context.env);
  if (mended === null) return false;
  context.talk(`"${owner.id}": a sync that was cut off is ${mended.kind === 'done' ? 'finished' : 'taken back'}`);
  if (mended.kind === 'done') await keep.synced(owner.id);
  return true;
}
