import type { Context } from '../apply/context.ts';
import { queuedSyncs } from '../apply/syncTargets.ts';
import { syncWhenIdle } from '../apply/syncWhenIdle.ts';
import type { BarFleet } from '../bar/bar.ts';
import { decide } from '../status/decide.ts';
import { STATES } from '../status/states.ts';
import type { SessionStatus } from '../status/report.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { TmuxServer } from '../tmux/tmux.ts';

/** Does the syncs that wait for their session to be idle (`sync --when-idle`). */
export interface SyncQueue {
  /** What the sessions do now; returns at once. */
  follow(records: readonly FleetRecord[], fleets: readonly BarFleet[]): void;
  /** Resolves when none is going on: a sync is never cut off in the middle. */
  close(): Promise<void>;
}

/** Tried once for each time a session comes to rest: what was refused then is refused a moment later too. */
export function makeSyncQueue(context: Context, server: TmuxServer, onProblem: (problem: unknown) => void): SyncQueue {
  const tried = new Map<string, string>();
  let last = Promise.resolve();
  const sync = async (record: FleetRecord, id: string): Promise<void> => {
    const row = await syncWhenIdle(context, { record, server }, id);
    if (row !== null) onProblem(`sync of ${id} in ${record.name}, asked for with --when-idle: ${row.outcome}`);
  };
  return {
    follow: (records, fleets) => {
      for (const record of records) {
        for (const id of queuedSyncs(record)) {
          const session = fleets
            .find(({ status }) => status.name === record.name)
            ?.status.sessions.find((one) => one.id === id);
          const key = `${record.uuid} ${id}`;
          if (session === undefined || !isAtRest(session) || tried.get(key) === momentOf(session)) continue;
          tried.set(key, momentOf(session));
          last = last.then(() => sync(record, id)).catch(onProblem);
        }
      }
    },
    close: () => last,
  };
}

/** Files that git does not track stand in no sync's way, unless it would write over them. */
function isAtRest({ agent, changes, untracked, operation }: SessionStatus): boolean {
  return (
    decide('sync', { state: agent.state, circumstances: [] }).answer === 'yes' &&
    changes !== null &&
    changes === untracked &&
    operation === null
  );
}

function momentOf({ agent, behind, branch }: SessionStatus): string {
  return `${agent.since ?? ''} ${STATES[agent.state].rests ? 'rests' : agent.state} ${branch ?? ''} ${behind ?? ''}`;
}
