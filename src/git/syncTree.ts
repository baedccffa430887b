import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { decideSync, type SyncMode } from '../plan/syncDecision.ts';
import { nothingDone, type SyncResult } from '../plan/syncResult.ts';
import { refuseTree } from '../status/syncRefusal.ts';
import type { Env } from '../store/paths.ts';
import { readCommitter } from './commitObject.ts';
import { describeDamage, findDamage, isReplaceable } from './damage.ts';
import { explainFailure } from './failure.ts';
import { followDefault } from './followDefault.ts';
import { readPlace } from './gitDir.ts';
import { fetchLfs } from './lfs.ts';
import type { Mirror } from './mirror.ts';
import { MovedMeanwhile, moveTree, type MoveStep } from './moveTree.ts';
import { closeSpace, openSpace, type ObjectSpace } from './objectSpace.ts';
import { askPreRebase } from './preRebase.ts';
import { readRefTable, type RefTable } from './refFiles.ts';
import { readOwnPrograms } from './run/overrides.ts';
import { baseRef, isPartial, readSyncPoint } from './syncPoint.ts';
import { fetchFromMirror } from './syncFetch.ts';
import { readSyncSettings, type SyncSettings } from './syncSettings.ts';
import type { SyncShared } from './syncShared.ts';
import { readBaseName, readTips, type SyncBase } from './syncTips.ts';
import { findOverwritten, readChanges, type Change } from './treeChanges.ts';
import { readCondition, readConditionAgainst } from './treeStatus.ts';
import { type Subject, type Way, DONE, WORDS, carryOut, isLanded } from './carryOut.ts';

export interface TreeSync {
  /** Root of the clone or worktree. */
  readonly tree: string;
  readonly base: SyncBase;
  readonly mode: SyncMode;
  /** Where origin's branches are up to date; null when the tree's own remote-tracking ones are. */
  readonly mirror: Mirror | null;
  /** True predicts, and writes nothing into the tree. */
  readonly dryRun: boolean;
  /** False for a git that merges only in a work tree (see gitVersion.ts): it is given one elsewhere. */
  readonly mergesTrees: boolean;
  readonly env: Env;
  /** What it need not ask for again, having asked for another tree of the same sync. */
  readonly shared: SyncShared;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Asked right before the files move: why they may not after all; null when they may. */
  readonly recheck: () => Promise<string | null>;
  /** Called when the branch has moved and before the last trace of that is gone. */
  readonly onMoved: () => Promise<void>;
  readonly onStep?: ((step: MoveStep) => void) | undefined;
}

export interface SyncedTree {
  readonly result: SyncResult;
  /** What a prediction leaves for the trees that build on this one; to be closed when they are done. */
  readonly predicted: { readonly tip: string; readonly space: ObjectSpace } | null;
}

/**
 * Brings the base into one tree that nobody works in. What comes out is made beside the tree first, in memory; a conflict is known before a
 * file has moved. Whatever goes wrong is a result with its reason and the tree is as it was; throws only bugs. Call it under the fleet's lock.
 */
export async function syncTree(sync: TreeSync): Promise<SyncedTree> {
  try {
    return await attempt(sync);
  } catch (error) {
    if (error instanceof MovedMeanwhile) return plain(nothingDone('skipped', { reason: error.message }));
    const told = explainFailure(error, { what: 'could not be synced' });
    if (!(told instanceof UserError)) throw error;
    return plain(
      nothingDone('failed', { reason: oneLine(told.message), notes: told.hint === undefined ? [] : [told.hint] }),
    );
  }
}

async function attempt(sync: TreeSync): Promise<SyncedTree> {
  const { tree, mirror, dryRun, env } = sync;
  const place = await readPlace(tree);
  if (place.kind !== 'repository')
    return plain(nothingDone('skipped', { reason: 'has no clone; claude-tmux up makes it' }));
  const { gitDir } = place;
  const damage = (await findDamage(tree, gitDir)).find(
    (one) => dryRun || mirror?.usable !== true || !isReplaceable(one),
  );
  if (damage !== undefined)
    return plain(
      nothingDone('failed', {
        reason: `is damaged: ${describeDamage(damage)}`,
        notes: [`to repair: ${damage.repair}`],
      }),
    );
  await refuseFilters(tree, env);
  const restored: string[] = [];
  const onRestored = (said: string): void => void restored.push(said);
  const refs =
    mirror?.usable === true && !dryRun
      ? await fetchFromMirror(tree, mirror, { gitDir, env, news: sync.shared.news, onRestored })
      : await readRefTable(gitDir, env);
  if (mirror?.usable === true && !dryRun) await followDefault(tree, { gitDir, refs, head: mirror.head, env });
  const synced = await bringBase(sync, { gitDir, refs });
  return { ...synced, result: { ...synced.result, notes: [...restored, ...synced.result.notes] } };
}

/** The rest of it, with the tree's refs as they are now. */
async function bringBase(
  sync: TreeSync,
  { gitDir, refs }: { readonly gitDir: string; readonly refs: RefTable },
): Promise<SyncedTree> {
  const { tree, dryRun, env } = sync;
  // What origin has newly is in the tree's own refs, except in a dry run.
  const compared = dryRun ? null : await readBaseName({ ...sync, gitDir, refs });
  const status = await readConditionAgainst(tree, gitDir, { base: compared, env });
  const { branch, head } = status;
  const refusal = refuseTree(status);
  if (refusal !== null || branch === null || head === null) return plain(nothingDone('skipped', { reason: refusal }));
  const found = await readTips({ ...sync, gitDir, branch, refs });
  if (typeof found === 'string') return plain(nothingDone('skipped', { reason: found, from: head, to: head }));
  const { tips } = found;
  const counts = tips.label === `origin/${compared ?? ''}` ? status.against : null;
  if (counts?.behind === 0 && (tips.upstream === null || tips.upstream === head))
    return plain(nothingDone('current', { base: tips.label, from: head, to: head }));
  const space = await openSpace({ tree, gitDir, beside: found.beside, outside: dryRun, env });
  let result: SyncResult;
  try {
    const point = await readSyncPoint(space, { gitDir, branch, head, tips, refs, counts });
    result = await bringIn(sync, {
      gitDir,
      branch,
      head,
      tips,
      space,
      point,
      isReplaced: [...refs.ids.keys()].some((name) => name.startsWith('refs/replace/')),
    });
    if (dryRun) return { result, predicted: { tip: result.to ?? head, space } };
  } catch (error) {
    await closeSpace(space);
    throw error;
  }
  await closeSpace(space);
  return plain(result);
}

/** Throws MovedMeanwhile for a clone whose configuration names a filter that was not there when it was made. */
async function refuseFilters(tree: string, env: Env): Promise<void> {
  const [name] = (await readOwnPrograms(tree, env)).filters;
  if (name !== undefined)
    throw new MovedMeanwhile(
      `has the filter "${oneLine(name)}" in its own configuration, which is not run: what its files hold cannot be told`,
    );
}

function plain(result: SyncResult): SyncedTree {
  return { result, predicted: null };
}

async function bringIn(sync: TreeSync, subject: Subject): Promise<SyncResult> {
  const { head, tips, point, space, branch } = subject;
  const { facts } = point;
  const decision = decideSync(facts, sync.mode);
  const notes = point.diverged
    ? [`origin/${oneLine(branch)} has other commits than the clone; that is left to you`]
    : [];
  const still = { base: tips.label, from: head, to: head, notes };
  if (decision.kind === 'skip' || decision.kind === 'fail')
    return nothingDone(decision.kind === 'skip' ? 'skipped' : 'failed', {
      ...still,
      reason: await inFull(decision.reason, subject),
    });
  if (decision.kind === 'current') return nothingDone('current', still);
  const settings = await readSyncSettings(sync.tree, subject.gitDir, { env: sync.env, known: sync.shared.settings });
  const outcome = await carryOut(decision.kind, subject, {
    mergesTrees: sync.mergesTrees,
    reading: { known: sync.shared.commits, isReplaced: subject.isReplaced },
    committer: () => readCommitter(space, settings, sync.shared.idents),
  });
  if (await isLanded(outcome, subject))
    return nothingDone('landed', { ...still, reason: `all of it is in ${tips.label} already` });
  if (outcome.kind === 'conflict')
    return nothingDone('conflict', {
      ...still,
      way: decision.kind === 'merge' ? 'merge' : 'rebase',
      files: outcome.files,
      reason: outcome.commit === null ? null : `at "${oneLine(outcome.commit)}"`,
    });
  const changes = await readChanges(space.place, head, outcome.tip);
  const inTheWay = await findOverwritten(sync.tree, changes, { gitDir: subject.gitDir, env: sync.env });
  if (inTheWay.length > 0)
    return nothingDone('skipped', {
      ...still,
      files: inTheWay,
      reason: `has files of its own where ${tips.label} brings some`,
    });
  const result: SyncResult = {
    ...still,
    outcome: DONE[decision.kind],
    way: null,
    to: outcome.tip,
    brought: facts.behind + facts.ahead,
    made: outcome.commits,
    dropped: outcome.dropped,
    files: [],
    reason: null,
  };
  return sync.dryRun
    ? result
    : move(sync, subject, { way: decision.kind, settings, changes, tip: outcome.tip, result });
}

interface Move {
  readonly way: Way;
  readonly settings: SyncSettings;
  readonly changes: readonly Change[];
  readonly tip: string;
  readonly result: SyncResult;
}

/** After the last look that a hook may take: the files of the tree, and its branch. */
async function move(
  sync: TreeSync,
  subject: Subject,
  { way, settings, changes, tip, result }: Move,
): Promise<SyncResult> {
  const { branch, head, tips, space, gitDir } = subject;
  const { tree, env } = sync;
  const veto = way === 'rebase' ? await askPreRebase(tree, { onto: tips.label, hooks: settings.hooks, env }) : null;
  if (veto !== null)
    return nothingDone('skipped', { base: tips.label, from: head, to: head, notes: result.notes, reason: veto });
  const known = sync.shared.largeFiles;
  await fetchLfs(tree, { commit: tips.base, command: settings.lfs, mirror: sync.mirror, env, known });
  const note = {
    version: 1 as const,
    branch,
    from: head,
    to: tip,
    baseRef: baseRef(tips.label),
    base: tips.base,
    message: `sync: ${DONE[way]} ${WORDS[way]} ${tips.label}`,
    at: sync.now,
  };
  const told = await moveTree({ ...sync, gitDir, space, note, changes, recheck: () => recheck(sync, subject) });
  return { ...result, notes: [...result.notes, ...told] };
}

/** Nothing may have happened in the tree between the first look and now, when its refs are held. */
async function recheck({ tree, env, recheck: askAgent }: TreeSync, { head, gitDir }: Subject): Promise<string | null> {
  const [agent, status] = await Promise.all([askAgent(), readCondition(tree, gitDir, env)]);
  if (agent !== null) return agent;
  return refuseTree(status) ?? (status.head === head ? null : 'has a new commit meanwhile');
}

async function inFull(reason: string, { space, point }: Subject): Promise<string> {
  return !point.facts.related && (await isPartial(space))
    ? `${reason} (the clone holds only a part of the history)`
    : reason;
}
