import type { SyncMode } from '../plan/syncDecision.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';

/** What is to be done to which trees of a fleet. */
export interface SyncWish {
  /** Ids of sessions; null for all. */
  readonly ids: readonly string[] | null;
  readonly mode: SyncMode;
  /** True remembers those that are at work, for the next time they are not. */
  readonly whenIdle: boolean;
  readonly dryRun: boolean;
  /** True syncs also where something of the session's is disturbed by it: a background task. */
  readonly yes?: boolean;
}

/** One tree of a fleet, with everybody who works in it. */
export interface SyncTarget {
  /** The session whose tree it is; its id names the tree. */
  readonly owner: SessionRecord;
  /** Sessions that work in it, the owner among them. */
  readonly sessions: readonly SessionRecord[];
}

export interface Targets {
  readonly targets: readonly SyncTarget[];
  /** Sessions that were meant and have no tree of their own: they work in the user's checkout. */
  readonly shared: readonly SessionRecord[];
}

/** The trees of the sessions with these ids, or all; those that wait for their turn (`--when-idle`) come along. */
export function findTargets(record: FleetRecord, ids: readonly string[] | null): Targets {
  const meant = record.sessions.filter(
    (session) => ids === null || ids.includes(session.id) || session.syncWhenIdle !== null,
  );
  const owners = new Set(meant.map(({ owner }) => owner));
  const targets = record.sessions
    .filter(({ id, owner }) => id === owner && owners.has(id))
    .map((owner) => ({ owner, sessions: record.sessions.filter((session) => session.owner === owner.id) }));
  return { targets, shared: meant.filter(({ owner, kind }) => owner === null && (kind === 'agent' || ids !== null)) };
}

/** Ids of the sessions that wait to be synced: the next time they are idle and clean, `syncWhenIdle` does it. */
export function queuedSyncs(record: FleetRecord): readonly string[] {
  return record.sessions.filter(({ syncWhenIdle }) => syncWhenIdle !== null).map(({ id }) => id);
}
