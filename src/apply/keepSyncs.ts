import type { SyncMode } from '../plan/syncDecision.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { readFleet, settleFleet, writeFleet } from '../store/fleets.ts';
import type { Context } from './context.ts';

/** What a sync writes into the fleet's record, one change after the other. */
export interface KeptSync {
  /** The branch has all its base has, now; a wish to sync it is met. */
  synced(id: string): Promise<void>;
  /** To be synced when it is idle and clean. */
  queue(id: string, mode: SyncMode): Promise<void>;
  /** No longer to be synced by itself. */
  drop(id: string): Promise<void>;
  /** Resolves when all of it would survive a power loss. */
  settle(): Promise<void>;
}

/** Call it under the fleet's lock. Sessions whose record stays the same cost nothing. */
export function keepSyncs(context: Context, record: FleetRecord): KeptSync {
  let last: Promise<unknown> = Promise.resolve();
  let written = false;
  const change = (id: string, fields: Partial<SessionRecord>): Promise<void> => {
    const next = last.then(async () => {
      const now = (await readFleet(context.store, record.uuid)) ?? record;
      const session = now.sessions.find((one) => one.id === id);
      if (session === undefined || Object.entries(fields).every(([key, value]) => Reflect.get(session, key) === value))
        return;
      await writeFleet(context.store, {
        ...now,
        sessions: now.sessions.map((one) => (one.id === id ? { ...one, ...fields } : one)),
      });
      written = true;
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    synced: (id) => change(id, { syncedAt: new Date(context.now()).toISOString(), syncWhenIdle: null }),
    queue: (id, mode) => change(id, { syncWhenIdle: mode }),
    drop: (id) => change(id, { syncWhenIdle: null }),
    settle: async () => {
      await last;
      if (written) await settleFleet(context.store, record.uuid);
    },
  };
}
