import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProgramError, UserError } from '../base/errors.ts';
import { explainFailure, orDiskFull } from '../git/failure.ts';
import { readPlace } from '../git/gitDir.ts';
import { registerTree, relocateTree } from '../git/relocateTree.ts';
import { forgetWorktree } from '../git/removeWorktree.ts';
import { lookAt } from '../git/standing.ts';
import { shrinkTree, unshrinkable } from '../git/shrinkTree.ts';
import type { PruneStep } from '../status/closing.ts';
import type { ProvenRef } from '../status/mergeProof.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { hasCode } from '../store/file.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readFleet } from '../store/fleets.ts';
import { writeReceipt } from '../store/receipt.ts';
import { keepRecord } from './closeSession.ts';
import type { Context } from './context.ts';
import {
  DELETING,
  PRUNING,
  putBack,
  readArchiveRisks,
  removeTree,
  type Archive,
  type ArchiveRisks,
} from './readArchives.ts';

export interface Pruning {
  readonly fleet: FleetRecord;
  readonly archive: Archive;
  /** True replaces an archive with unmerged work by what only it has. */
  readonly shrink: boolean;
  /** Called after each step; a test ends the process in it. */
  readonly after?: (step: PruneStep) => void;
}

export interface Deleted {
  readonly kind: 'deleted';
  /** How its work was shown to be elsewhere. */
  readonly proofs: readonly ProvenRef[];
  /** Of a worktree: its branch, which is its repository's; null for a clone, and on no branch. */
  readonly branch: LeftBranch | null;
}

/** A worktree's branch after its folder has gone, or before. */
export interface LeftBranch {
  readonly name: string;
  readonly isGone: boolean;
  /** What of it is merged nowhere. */
  readonly risks: readonly TreeRisk[];
}

/** `kept` with the reasons; the two others have no folder any more. */
export type Pruned =
  | Deleted
  | { readonly kind: 'shrunk'; readonly to: string }
  | { readonly kind: 'kept'; readonly risks: readonly TreeRisk[]; readonly why: string | null };

/**
 * Deletes one archive if all it has is merged or pushed, under the fleet's lock. It is renamed first and asked afterwards, where nobody else
 * looks for it any more: what is asked is what is deleted. Anything that is nowhere else, or that nobody can tell, brings it back.
 */
export async function pruneArchive(context: Context, pruning: Pruning): Promise<Pruned> {
  const {
    archive: { receipt },
  } = pruning;
  const folder = dirname(receipt.archive);
  const waiting = join(folder, `${PRUNING}${receipt.slot}`);
  try {
    await relocateTree({ from: receipt.archive, to: waiting, inode: receipt.inode, device: null });
    pruning.after?.('set-aside');
    await registerTree(waiting, { before: receipt.archive, env: context.env });
    const found = await readArchiveRisks(context, { receipt, tree: waiting, fetch: true });
    const outcome = await decide(context, pruning, { found, waiting });
    if (outcome.kind !== 'kept') return await remove(context, pruning, { found, waiting, outcome });
    await putBack(waiting, { archive: receipt.archive, env: context.env });
    return outcome;
  } catch (error) {
    // Still under its waiting name, or never moved: nothing of it has been deleted.
    if ((await lookAt(waiting)) !== null) await putBack(waiting, { archive: receipt.archive, env: context.env });
    if (error instanceof UserError || error instanceof ProgramError)
      return {
        kind: 'kept',
        risks: [],
        why:
          error instanceof UserError && error.hint !== undefined ? `${error.message}\n  ${error.hint}` : error.message,
      };
    throw error;
  }
}

interface Found {
  readonly found: ArchiveRisks;
  readonly waiting: string;
}

async function decide(
  context: Context,
  pruning: Pruning,
  { found: { risks, proofs }, waiting }: Found,
): Promise<Pruned> {
  const { receipt, file } = pruning.archive;
  if (risks.length === 0) return { kind: 'deleted', proofs, branch: null };
  const whole = receipt.kind === 'worktree' ? risks : unshrinkable(risks);
  if (!pruning.shrink || whole.length > 0) return { kind: 'kept', risks: pruning.shrink ? whole : risks, why: null };
  const to = `${receipt.archive}.kept`;
  const partial = join(dirname(receipt.archive), `.partial-${receipt.slot}.kept`);
  await removeTree(partial);
  try {
    await shrinkTree({
      tree: waiting,
      to: partial,
      include: receipt.include,
      checkout: receipt.checkout,
      env: context.env,
    });
  } catch (error) {
    await removeTree(partial);
    const attempt = { what: `what only it has could not be kept in "${to}"` };
    throw explainFailure(await orDiskFull(error, dirname(to), attempt), attempt);
  }
  pruning.after?.('write-kept');
  // One that a killed run has left holds the same; this one was read back just now.
  await removeTree(to);
  await rename(partial, to);
  await writeReceipt(file, { ...receipt, shrunkTo: to });
  pruning.after?.('note-kept');
  return { kind: 'shrunk', to };
}

/** The new name says that the last check is passed: from here on the rest is deleted, now or by the next run. */
async function remove(
  context: Context,
  { fleet, archive: { receipt, file }, after }: Pruning,
  { found, waiting, outcome }: Found & { readonly outcome: Pruned },
): Promise<Pruned> {
  const place = await readPlace(waiting);
  const leaving = join(dirname(receipt.archive), `${DELETING}${receipt.slot}`);
  await rename(waiting, leaving);
  after?.('mark-deleted');
  const isWorktree = receipt.kind === 'worktree' && place.kind === 'repository';
  const isGone =
    isWorktree &&
    (await forgetWorktree({
      gitDir: place.gitDir,
      mergedBranch: found.branch.length === 0 ? receipt.branch : null,
      env: context.env,
    }));
  await noteGone(context, fleet, receipt.slot);
  after?.('note-gone');
  if (outcome.kind === 'deleted') await rm(file, { force: true });
  await removeTree(leaving).catch((error: unknown) => {
    // Folders that nobody may write into (some tools close theirs): the next run tries again, and the name says what it is.
    if (!hasCode(error, 'EACCES') && !hasCode(error, 'EPERM')) throw error;
    context.talk(`note: ${leaving} could not be deleted to the end: ${error instanceof Error ? error.message : ''}`);
  });
  const branch = isWorktree && receipt.branch !== null ? { name: receipt.branch, isGone, risks: found.branch } : null;
  return outcome.kind === 'deleted' ? { ...outcome, branch } : outcome;
}

/** The id stays closed; its tree is known by no inode any more, for that one may be given to another folder. */
async function noteGone(context: Context, fleet: FleetRecord, slot: string): Promise<void> {
  const record = (await readFleet(context.store, fleet.uuid)) ?? fleet;
  await keepRecord(context, {
    ...record,
    closed: record.closed.map((entry) => (entry.slot === slot ? { ...entry, inode: 0 } : entry)),
  });
}
