import { access, rm } from 'node:fs/promises';
import { UserError } from '../base/errors.ts';
import { registerTree } from '../git/relocateTree.ts';
import { readPlace } from '../git/gitDir.ts';
import { standsAt } from '../git/standing.ts';
import { unlockWorktree } from '../git/worktreeLock.ts';
import type { ClosedSession, FleetRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import { bringLaunchBack, keepRecord, putLaunchAway } from './closeSession.ts';
import type { Context } from './context.ts';
import { whyAway } from './fleetHome.ts';

/**
 * Finishes what a `close` or `undo` that was killed has left half done. Where the tree stands decides: in its place the session is open,
 * in the archive it is closed; record, launch file and git's own notes follow. Resolves to the record as it is then.
 */
export async function settleClosed(context: Context, fleet: FleetRecord): Promise<FleetRecord> {
  if (!(await isUnsettled(context, fleet)) || (await whyAway(context, fleet)) !== null) return fleet;
  try {
    // Not waited for: whoever holds the lock is at it, or settles it next time.
    return await withLock(
      fleetLock(context.store, fleet.name),
      { timeoutMs: 0, what: `settling what was closed of "${fleet.name}"` },
      async () => settleUnderLock(context, (await readFleet(context.store, fleet.uuid)) ?? fleet),
    );
  } catch (error) {
    if (error instanceof UserError) return fleet;
    throw error;
  }
}

/** The same for who holds the fleet's lock already. */
export async function settleUnderLock(context: Context, fleet: FleetRecord): Promise<FleetRecord> {
  let record = fleet;
  for (const entry of waitingEntries(fleet)) record = await settleOne(context, record, entry);
  return record;
}

/** Those whose session has not been made anew since. */
function waitingEntries({ closed, sessions }: FleetRecord): readonly ClosedSession[] {
  return closed.filter(({ session }) => !sessions.some(({ id }) => id === session.id));
}

async function isUnsettled(context: Context, fleet: FleetRecord): Promise<boolean> {
  const paths = fleetPaths(context.store, fleet.uuid);
  for (const entry of waitingEntries(fleet)) {
    if (entry.inode !== 0 && (await standsAt(entry.session.path, entry.inode))) return true;
    if (await isThere(sessionPaths(paths, entry.session.id).root)) return true;
  }
  return false;
}

async function settleOne(context: Context, fleet: FleetRecord, entry: ClosedSession): Promise<FleetRecord> {
  const { session, slot, archive, inode } = entry;
  const paths = fleetPaths(context.store, fleet.uuid);
  if (archive !== null && inode !== 0 && (await standsAt(session.path, inode))) {
    await settleTree(session.path, { archive, env: context.env });
    await bringLaunchBack(paths, session.id, slot);
    const open = {
      ...fleet,
      sessions: [...fleet.sessions, session],
      closed: fleet.closed.filter((other) => other.slot !== slot),
    };
    await rm(`${archive}.json`, { force: true });
    await keepRecord(context, open);
    return open;
  }
  if (archive !== null && inode !== 0 && (await standsAt(archive, inode)))
    await registerTree(archive, { before: session.path, env: context.env });
  await putLaunchAway(paths, session.id, slot);
  return fleet;
}

/** A tree that is in its place: git knows it there, and may prune it again when it is gone. */
async function settleTree(
  place: string,
  { archive, env }: { readonly archive: string; readonly env: Context['env'] },
): Promise<void> {
  await registerTree(place, { before: archive, env });
  const found = await readPlace(place);
  if (found.kind === 'repository') await unlockWorktree(found.gitDir);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
