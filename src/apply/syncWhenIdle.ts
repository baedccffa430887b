import type { SyncRow } from '../plan/syncResult.ts';
import { readFleet } from '../store/fleets.ts';
import type { Context } from './context.ts';
import type { FleetPlace } from './readEvidence.ts';
import { syncFleet } from './syncFleet.ts';

/**
 * Does a sync that was asked for with `--when-idle`, if the session is idle and clean now; otherwise it goes on waiting. Asks nothing
 * on a terminal. Null when nobody asked (any more). For whoever sees a session's turn end; see `queuedSyncs` for whom to watch.
 */
export async function syncWhenIdle(
  context: Context,
  { record, server }: FleetPlace,
  id: string,
): Promise<SyncRow | null> {
  const now = await readFleet(context.store, record.uuid);
  const mode = now?.sessions.find((session) => session.id === id)?.syncWhenIdle ?? null;
  if (now === null || mode === null) return null;
  const { sessions } = await syncFleet(
    { ...context, interactive: false, talkColumns: null },
    { record: now, server },
    { ids: [id], mode, whenIdle: true, dryRun: false, yes: false },
  );
  return sessions.find((row) => row.id === id) ?? null;
}
