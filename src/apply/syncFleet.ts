import { canMergeTrees } from '../git/gitVersion.ts';
import { closeSpace } from '../git/objectSpace.ts';
import { refusePlace } from '../git/refusePlace.ts';
import { closeSyncShared, makeSyncShared } from '../git/syncShared.ts';
import type { SyncedTree } from '../git/syncTree.ts';
import { nothingDone, type SyncReport, type SyncRow } from '../plan/syncResult.ts';
import type { SessionRecord } from '../store/fleetRecord.ts';
import { fleetLock } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import type { Context } from './context.ts';
import { makeProgress, type Progress } from './progress.ts';
import type { FleetPlace } from './readEvidence.ts';
import { runSteps, type Runnable } from './runSteps.ts';
import { keepSyncs } from './keepSyncs.ts';
import { syncSession } from './syncSession.ts';
import { fetchSources, type SyncSource } from './syncSources.ts';
import { findTargets, type SyncTarget, type SyncWish } from './syncTargets.ts';

/** Brings the base into the trees of a fleet: one fetch a repository, then each tree in which nobody works. One that goes wrong spoils no other. */
export async function syncFleet(context: Context, place: FleetPlace, wish: SyncWish): Promise<SyncedFleet> {
  const mergesTrees = await canMergeTrees(context.env);
  const { targets: all, shared } = findTargets(place.record, wish.ids);
  const refused = await Promise.all(all.map(({ owner }) => refusePlace(owner.path, place.record.repo, context.env)));
  const targets = all.filter((_, at) => refused[at] === null);
  const sources = await fetchSources(context, place.record, { targets, dryRun: wish.dryRun });
  const run = async (): Promise<readonly SyncRow[]> => {
    if (!wish.dryRun) await needRoom(fleetPaths(context.store, place.record.uuid).root);
    return syncTargets(context, { place, wish, targets, sources, mergesTrees });
  };
  const what = `syncing "${place.record.name}"`;
  const rows = wish.dryRun
    ? await run()
    : await withLock(
        fleetLock(context.store, place.record.name),
        { timeoutMs: 60_000, what, onWait: (message) => context.talk(`waiting: ${message}`) },
        run,
      );
  const skip = ({ id }: SessionRecord, reason: string | null): SyncRow => ({
    id,
    ...nothingDone('skipped', { reason }),
  });
  const others = all.flatMap(({ owner }, at) => (refused[at] === null ? [] : [skip(owner, refused[at] ?? null)]));
  return {
    sessions: [...rows, ...others, ...shared.map((session) => skip(session, 'works in your own checkout'))],
    unreachable: unreachableOf(sources),
  };
}

export type SyncedFleet = Pick<SyncReport, 'sessions' | 'unreachable'>;

/** Each repository that could not be fetched, once, though none of its trees was to be moved. */
function unreachableOf(sources: ReadonlyMap<string, SyncSource>): SyncReport['unreachable'] {
  const failed = [...sources.values()].flatMap((source) =>
    source.kind === 'unreachable' ? [{ url: source.url, reason: source.why }] : [],
  );
  return [...new Map(failed.map((one) => [one.url, one])).values()];
}

interface Run {
  readonly place: FleetPlace;
  readonly wish: SyncWish;
  readonly targets: readonly SyncTarget[];
  readonly sources: ReadonlyMap<string, SyncSource>;
  readonly mergesTrees: boolean;
}

/** A stage comes after the one it builds on; clones go side by side, worktrees of one repository share its locks. */
interface SyncStep extends Runnable {
  readonly target: SyncTarget;
}

async function syncTargets(context: Context, run: Run): Promise<readonly SyncRow[]> {
  const { targets, place, wish } = run;
  const steps: readonly SyncStep[] = targets.map((target, at) => ({
    id: at,
    target,
    needs: targets.flatMap(({ owner }, other) => (owner.id === target.owner.baseOf && other !== at ? [other] : [])),
  }));
  const done = new Map<string, SyncedTree>();
  const keep = keepSyncs(context, place.record);
  const shared = makeSyncShared();
  const progress = context.talkColumns === null ? null : makeProgress(context);
  try {
    const laneOf = ({ target }: SyncStep): { readonly lane: string; readonly most: number } =>
      run.sources.get(target.owner.id)?.kind === 'mirror'
        ? { lane: 'clone', most: Math.max(2, context.cores) }
        : { lane: 'worktree', most: 1 };
    const results = await runSteps(
      steps,
      {
        laneOf,
        run: (step) =>
          show(
            progress,
            step.target,
            async () =>
              void done.set(
                step.target.owner.id,
                await syncSession(context, {
                  place,
                  wish,
                  mergesTrees: run.mergesTrees,
                  shared,
                  target: step.target,
                  source: run.sources.get(step.target.owner.id),
                  done,
                  keep,
                }),
              ),
          ),
      },
      context,
    );
    for (const error of results.failed.values()) throw error;
  } finally {
    progress?.close();
    await closeSyncShared(shared);
    for (const { predicted } of done.values()) if (predicted !== null) await closeSpace(predicted.space);
  }
  const rows = targets.map(({ owner }) => ({
    id: owner.id,
    ...(done.get(owner.id)?.result ?? nothingDone('skipped', { reason: 'was not begun: interrupted' })),
  }));
  if (!wish.dryRun) await keep.settle();
  return rows;
}

async function show(progress: Progress | null, { owner }: SyncTarget, run: () => Promise<void>): Promise<void> {
  progress?.begin(owner.id);
  try {
    await run();
  } finally {
    progress?.drop(owner.id);
  }
}
