import type { Context } from '../apply/context.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { writeFleet } from '../store/fleets.ts';

/** The record without the tasks that these sessions were given and could not begin: the sessions go on with what they had. Written at once. */
export async function withoutTasks(
  context: Context,
  record: FleetRecord,
  ids: readonly string[],
): Promise<FleetRecord> {
  if (ids.length === 0) return record;
  const kept = {
    ...record,
    sessions: record.sessions.map((session) => (ids.includes(session.id) ? { ...session, nextTask: null } : session)),
  };
  await writeFleet(context.store, kept);
  return kept;
}
