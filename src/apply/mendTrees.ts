import { mendSync } from '../git/mendSync.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import type { Context } from './context.ts';
import { keepSyncs } from './keepSyncs.ts';

/** Ends what a killed sync left half done in the trees of a fleet; two looks at files for each that is whole. Call it under the fleet's lock. */
export async function mendTrees(context: Context, record: FleetRecord): Promise<void> {
  const keep = keepSyncs(context, record);
  for (const owner of record.sessions.filter((session) => session.owner === session.id)) await mendTree(context, owner, keep);
}

/** The same for one tree. Throws a UserError while a git is at work in it. */
export async function mendTree(context: Context, owner: SessionRecord, keep: Pick<ReturnType<typeof keepSyncs>, 'synced'>): Promise<void> {
  const mended = await mendSync(owner.path, context.env);
  if (mended === null) return;
  context.talk(`"${owner.id}": a sync that was cut off is ${mended.kind === 'done' ? 'finished' : 'taken back'}`);
  if (mended.kind === 'done') await keep.synced(owner.id);
}
