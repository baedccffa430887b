import { pasted } from '../base/pasted.ts';
import { UserError } from '../base/errors.ts';
import type { SyncShared } from '../git/syncShared.ts';
import { syncTree, type SyncedTree } from '../git/syncTree.ts';
import type { SyncBase } from '../git/syncTips.ts';
import { readTreeStatus } from '../git/treeStatus.ts';
import type { SyncMode } from '../plan/syncDecision.ts';
import { isInSync, nothingDone, type SyncResult } from '../plan/syncResult.ts';
import { adviseConflict } from '../status/syncAdvice.ts';
import { refuseTree } from '../status/syncRefusal.ts';
import type { Context } from './context.ts';
import type { KeptSync } from './keepSyncs.ts';
import { readVerdicts, type FleetPlace } from './readEvidence.ts';
import { mendTree } from './mendTrees.ts';
import { decideFor } from './situation.ts';
import { bringNews, type SyncSource } from './syncSources.ts';
import type { SyncTarget, SyncWish } from './syncTargets.ts';

export interface SessionSync {
  readonly place: FleetPlace;
  readonly wish: SyncWish;
  readonly target: SyncTarget;
  readonly source: SyncSource | undefined;
  /** Trees that are finished, by id. */
  readonly done: ReadonlyMap<string, SyncedTree>;
  readonly keep: KeptSync;
  /** What this git can do, see gitVersion.ts. */
  readonly mergesTrees: boolean;
  readonly shared: SyncShared;
}

/** Syncs one tree of a fleet, if nobody works in it; first it ends what an earlier sync left half done there. */
export async function syncSession(context: Context, one: SessionSync): Promise<SyncedTree> {
  const {
    target: { owner },
    wish,
    source,
    keep,
  } = one;
  const cutOff = wish.dryRun ? null : await mend(context, one);
  if (cutOff !== null) return only(cutOff);
  const refusal = await refuse(context, one);
  if (refusal !== null) return only(await putOff(context, one, refusal));
  if (source?.kind === 'unreachable')
    return only(nothingDone('failed', { reason: `could not be synced: ${source.url} could not be fetched` }));
  const synced = await syncTree({
    tree: owner.path,
    base: baseOf(one),
    mode: modeOf(one),
    mirror: source?.kind === 'mirror' ? source.mirror : null,
    dryRun: wish.dryRun,
    mergesTrees: one.mergesTrees,
    shared: one.shared,
    env: context.env,
    now: context.now(),
    recheck: async () => (await refuseAgents(context, one))?.reason ?? null,
    onMoved: () => keep.synced(owner.id),
  });
  const unkept =
    wish.dryRun || synced.result.outcome === 'skipped'
      ? null
      : await orSay(isInSync(synced.result) ? keep.synced(owner.id) : keep.drop(owner.id));
  if (unkept !== null) return { ...synced, result: { ...synced.result, ...unkept } };
  return wish.dryRun || synced.result.outcome !== 'conflict'
    ? synced
    : { ...synced, result: withNextStep(synced.result, one) };
}

function withNextStep(result: SyncResult, one: SessionSync): SyncResult {
  const {
    place: { record },
    target: { owner, sessions },
  } = one;
  const base = baseOf(one);
  const agent = sessions.find(({ kind }) => kind === 'agent');
  const advice = adviseConflict({
    id: (agent ?? owner).id,
    fleet: record.name,
    isAgent: agent !== undefined,
    basePath: base.kind === 'tree' ? base.path : null,
    result,
  });
  return { ...result, notes: [...result.notes, advice] };
}

/** What could not be written into the record is this session's failure: of the others there is still a table to show. */
async function orSay(work: Promise<unknown>): Promise<Pick<SyncResult, 'outcome' | 'reason' | 'notes'> | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { outcome: 'failed', reason: error.message, notes: error.hint === undefined ? [] : [error.hint] };
  }
}

function only(result: SyncResult): SyncedTree {
  return { result, predicted: null };
}

/** Ends what an earlier sync of this tree left half done. A result when that is not possible now. */
async function mend(context: Context, { target: { owner }, keep }: SessionSync): Promise<SyncResult | null> {
  const problem = await orSay(mendTree(context, owner, keep));
  return problem === null ? null : nothingDone('failed', problem);
}

/** A tree that may not be moved now gets the news of origin all the same, and waits if that was asked for. */
async function putOff(
  context: Context,
  { target, wish, source, keep, shared }: SessionSync,
  { reason, passes }: AgentRefusal,
): Promise<SyncResult> {
  const { owner } = target;
  if (wish.dryRun) return nothingDone('skipped', { reason });
  await bringNews(context, { target, source, news: shared.news });
  if (!passes || (!wish.whenIdle && owner.syncWhenIdle === null)) return nothingDone('skipped', { reason });
  await keep.queue(owner.id, owner.syncWhenIdle ?? wish.mode);
  return nothingDone('queued', { reason });
}

/** Why the tree may not be moved now, because of who works in it or how it is left. */
async function refuse(context: Context, one: SessionSync): Promise<AgentRefusal | null> {
  const agent = await refuseAgents(context, one);
  // Only who waits need be told apart here: the sync itself says the rest.
  if (agent !== null || (!one.wish.whenIdle && one.target.owner.syncWhenIdle === null)) return agent;
  // A tree that cannot be read is told of by the sync itself.
  const status = await readTreeStatus(one.target.owner.path, { base: null, env: context.env }).catch(() => null);
  const reason = status === null ? null : refuseTree(status);
  return reason === null ? null : { reason, passes: true };
}

/** Why the tree may not be moved now (completes `"api" …`), and whether waiting for the end of a turn would help. */
interface AgentRefusal {
  readonly reason: string;
  readonly passes: boolean;
}

async function refuseAgents(context: Context, { place, target, wish }: SessionSync): Promise<AgentRefusal | null> {
  const agents = target.sessions.filter(({ kind }) => kind === 'agent');
  const evidence = await readVerdicts(context, { ...place, record: { ...place.record, sessions: agents } });
  for (const one of evidence) {
    const { decision, detail } = decideFor('sync', one);
    if (decision.answer === 'yes' || (decision.answer === 'ask' && wish.yes === true)) continue;
    const { id } = one.session;
    const [reason] = decision.reasons;
    const words = `${reason?.words ?? 'cannot be changed now'}${one.elsewhere === null || detail === null ? '' : ` (${detail})`}`;
    const wayOut =
      decision.answer === 'ask'
        ? `: ${reason?.help.replace('{id}', id) ?? ''}, or ${pasted`sync ${target.owner.id} --yes`}`
        : '';
    return {
      reason: `${id === target.owner.id ? '' : `is shared with "${id}", which `}${words}${wayOut}`,
      passes: decision.passes,
    };
  }
  return null;
}

/** A stage is kept in step with the one it builds on, any other with a branch of origin. */
function baseOf({ place, target: { owner }, done }: SessionSync): SyncBase {
  const before = owner.baseOf === null ? undefined : place.record.sessions.find(({ id }) => id === owner.baseOf);
  if (before === undefined) return { kind: 'branch', name: owner.base };
  const predicted = done.get(before.id)?.predicted ?? null;
  return {
    kind: 'tree',
    label: `"${before.id}"`,
    path: before.path,
    predicted: predicted === null ? null : { tip: predicted.tip, objects: predicted.space.folders },
  };
}

/** One that only comes along because it was waiting is synced as it was asked for then. */
function modeOf({ wish, target: { owner } }: SessionSync): SyncMode {
  return wish.ids !== null && !wish.ids.includes(owner.id) ? (owner.syncWhenIdle ?? wish.mode) : wish.mode;
}
