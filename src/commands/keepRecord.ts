import { givePorts } from '../apply/givePorts.ts';
import type { Context } from '../apply/context.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { portsLock, writeFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { updateRecord, type Update } from './updateRecord.ts';

/** Writes the record as it stands once the plan is carried out, and resolves to it. Call it under the fleet's lock. */
export async function keepRecord(context: Context, record: FleetRecord, update: Update): Promise<FleetRecord> {
  // Fleets are brought up side by side: what one gives out must be written before another looks.
  const isAlone = update.planned.layout.ports === null;
  const write = async (): Promise<FleetRecord> => {
    const kept = await nextRecord(context, record, update);
    await writeFleet(context.store, kept);
    return kept;
  };
  return isAlone ? write() : withLock(portsLock(context.store), { timeoutMs: 30_000, what: 'giving out ports' }, write);
}

/** The same, and nothing is written. */
export function nextRecord(context: Context, record: FleetRecord, update: Update): Promise<FleetRecord> {
  const { plan, layout } = update.planned;
  const started = new Set(startedPanes(plan, layout).map((pane) => pane.id));
  return givePorts(context, updateRecord(record, update), { ports: layout.ports, started });
}
