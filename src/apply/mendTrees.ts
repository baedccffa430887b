import { mendSync } from '../git/mendSync.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import type { Context } from './context.ts';
import { keepSyncs } from './keepSyncs.ts';

/** Ends what a killed sync left half done in the trees of a fleet; two looks at files for each that is whole. Call it under the fleet's lock. */
export async function mendTrees(context: Context, record: FleetRecord): Promise<void> {
  for (const { id } of record.sessions) await mendTreeOf(context, record, id);
}

/** The same for the tree that is a session's own, before anybody judges what lies in it: files half moved are not the session's work. */
export async function mendTreeOf(context: Context, record: FleetRecord, id: string): Promise<void> {
  const owner = record.sessions.find((session) => session.id === id && session.owner === id);
  if (owner) await mendTree(context, owner, keepSyncs(context, record));
}

/** One tree. Throws a UserError while a git is at work in it. */
export async function mendTree(context: Context, owner: SessionRecord, keep: Pick<ReturnType<typeof keepSyncs>, 'synced'>): Promise<void> {
  const mended = await mendSync(owner.path, context.env);
  if (mended === null) return;
  context.talk(`"${owner.id}": a sync that was cut off is ${mended.kind === 'done' ? 'finished' : 'taken back'}`);
  if (mended.kind === 'done') await keep.synced(owner.id);
}
