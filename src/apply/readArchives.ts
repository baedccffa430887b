import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readPlace } from '../git/gitDir.ts';
import { readMarker } from '../git/marker.ts';
import { readRemoteNow, type RemoteNow } from '../git/remoteNow.ts';
import { UserError } from '../base/errors.ts';
import { registerTree } from '../git/relocateTree.ts';
import { forgetWorktree } from '../git/removeWorktree.ts';
import { lookAt } from '../git/standing.ts';
import { readTreeRisks, readUnmergedBranch } from '../git/treeRisks.ts';
import type { ProvenRef } from '../status/mergeProof.ts';
import type { TreeRisk } from '../status/treeRisk.ts';
import { hasCode } from '../store/file.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readReceipt, type Receipt } from '../store/receipt.ts';
import type { Context } from './context.ts';

export interface Archive {
  readonly receipt: Receipt;
  /** The receipt's path. */
  readonly file: string;
  /** True while the tree is there; a shrunk one has only what was kept of it. */
  readonly isWhole: boolean;
}

/** Names for what is at work in `.closed`: before its last check, and after it. Both begin with a dot, so that no slot is one. */
export const PRUNING = '.pruning-';
export const DELETING = '.deleting-';

/** Every archive of a fleet, oldest first. What a killed `prune` left half done is settled first; call it under the fleet's lock for that. */
export async function readArchives(fleet: FleetRecord): Promise<readonly Archive[]> {
  const folders = new Set([
    join(fleet.workspace, '.closed'),
    ...fleet.closed.flatMap(({ archive }) => (archive === null ? [] : [dirname(archive)])),
  ]);
  const found = (await Promise.all([...folders].map(archivesIn))).flat();
  return oldestFirst(found.filter(({ receipt }) => receipt.fleet === fleet.uuid));
}

/**
 * Archives of fleets that are not among these, which are all that are recorded: the state folder was lost, or another user closed them in
 * a workspace of both. Looked for in the workspaces of these fleets, and beside them and beside `~/workspaces/NAME`.
 */
export async function readForgotten(fleets: readonly FleetRecord[], home: string): Promise<readonly Archive[]> {
  const parents = new Set([join(home, 'workspaces'), ...fleets.map(({ workspace }) => dirname(workspace))]);
  const folders = await Promise.all(
    [...parents].map(async (parent) =>
      (await list(parent).catch(() => [])).map((name) => join(parent, name, '.closed')),
    ),
  );
  const known = new Set(fleets.map(({ uuid }) => uuid));
  // What cannot be read there is no matter of ours.
  const found = (
    await Promise.all([...new Set(folders.flat())].map((folder) => archivesIn(folder).catch(() => [])))
  ).flat();
  return oldestFirst(found.filter(({ receipt }) => !known.has(receipt.fleet)));
}

async function archivesIn(folder: string): Promise<readonly Archive[]> {
  const found: Archive[] = [];
  for (const name of await list(folder)) {
    const file = join(folder, name);
    const receipt = name.endsWith('.json') && !name.startsWith('.') ? await readReceipt(file) : null;
    if (receipt !== null && `${receipt.archive}.json` === file)
      found.push({ receipt, file, isWhole: (await lookAt(receipt.archive)) !== null });
  }
  return found;
}

function oldestFirst(archives: readonly Archive[]): readonly Archive[] {
  return archives.toSorted((a, b) => a.receipt.closedAt.localeCompare(b.receipt.closedAt));
}

/** A tree that was killed before its last check goes back; one that had passed it is deleted to the end. */
export async function settleArchives(fleet: FleetRecord, env: Context['env']): Promise<void> {
  for (const { receipt, file, isWhole } of await readArchives(fleet)) {
    const folder = dirname(receipt.archive);
    const [waiting, leaving] = [join(folder, `${PRUNING}${receipt.slot}`), join(folder, `${DELETING}${receipt.slot}`)];
    if (!isWhole && (await lookAt(waiting)) !== null) await putBack(waiting, { archive: receipt.archive, env });
    if ((await lookAt(leaving)) === null) continue;
    const place = await readPlace(leaving);
    if (place.kind === 'repository' && receipt.kind === 'worktree')
      await forgetWorktree({ gitDir: place.gitDir, mergedBranch: null, env });
    await removeTree(leaving);
    if (receipt.shrunkTo === null) await rm(file, { force: true });
  }
  const folder = join(fleet.workspace, '.closed');
  const names = await list(folder);
  // One that still has a receipt is another fleet's, which settles it itself.
  for (const name of names)
    if (name.startsWith(DELETING) && !names.includes(`${name.slice(DELETING.length)}.json`))
      await removeTree(join(folder, name));
}

/** A tree that was set aside, in its archive again. */
export async function putBack(
  waiting: string,
  { archive, env }: { readonly archive: string; readonly env: Context['env'] },
): Promise<void> {
  await rename(waiting, archive);
  await registerTree(archive, { before: waiting, env }).catch((error: unknown) => {
    // A tree whose `.git` cannot be read stays as it is.
    if (!(error instanceof UserError)) throw error;
  });
}

/** Deletes a folder, and links as the links they are. */
export async function removeTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

interface Asked {
  readonly receipt: Receipt;
  /** Where the tree is at the moment. */
  readonly tree: string;
  /** False asks nobody over the network, and takes what was fetched last for the truth; that is good for a list, and not for a deletion. */
  readonly fetch: boolean;
}

export interface ArchiveRisks {
  /** How the work on each of its refs was shown to be elsewhere. */
  readonly proofs: readonly ProvenRef[];
  /** What would be lost with the folder. */
  readonly risks: readonly TreeRisk[];
  /** Of a worktree: what its branch has that is merged nowhere, and that stays in the checkout. */
  readonly branch: readonly TreeRisk[];
}

/** What an archived tree has that is nowhere else, as it is now. */
export async function readArchiveRisks(context: Context, { receipt, tree, fetch }: Asked): Promise<ArchiveRisks> {
  const { repo, checkout, base, include } = receipt;
  const { env, signal, store } = context;
  const remote =
    repo === null
      ? null
      : await readRemoteNow({
          repo,
          checkout,
          cacheDir: store.cache,
          env,
          signal,
          ...(fetch ? {} : { patienceMs: 0 }),
        });
  const proofs: ProvenRef[] = [];
  const common = {
    base,
    remote,
    onlyAsked: fetch,
    env,
    ...(fetch ? { onProof: (proven: ProvenRef) => void proofs.push(proven) } : {}),
  };
  const stale = fetch && repo !== null ? whenUnreached(remote) : [];
  const risks = [...(await readTreeRisks(tree, { ...common, include, checkout })), ...(await whenNotOurs(tree))];
  // Commits of a worktree stay in the checkout, and so does its branch then.
  return receipt.kind === 'worktree'
    ? { risks, branch: [...(await readUnmergedBranch(tree, common)), ...stale], proofs }
    : { risks: [...risks, ...stale], branch: [], proofs };
}

/** What was pushed once may have been deleted there since, or forced away: only a remote that answers can say that it has it. */
function whenUnreached(remote: RemoteNow | null): readonly TreeRisk[] {
  return remote?.fresh === true
    ? []
    : [{ kind: 'unknown', where: '', name: 'what the remote still has', count: 1, samples: ['it could not be asked'] }];
}

/** A clone that its user had put in the place was closed like any other: what git ignores in it may be no by-product. */
async function whenNotOurs(tree: string): Promise<readonly TreeRisk[]> {
  const place = await readPlace(tree);
  if (place.kind === 'repository' && (await readMarker(place.gitDir)) !== null) return [];
  const why =
    place.kind === 'repository'
      ? 'claude-tmux did not make it; delete it by hand'
      : `it ${place.kind === 'other' ? place.why : 'is not there'}`;
  return [{ kind: 'unknown', where: '', name: 'whether what git ignores in it is needed', count: 1, samples: [why] }];
}

/** Bytes on the disk of everything in a folder; files that are linked from elsewhere too (the mirror's objects) are counted. */
export async function readSize(folder: string): Promise<number> {
  let bytes = 0;
  const waiting = [folder];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of await readdir(at, { withFileTypes: true }).catch(() => [])) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else bytes += ((await lstat(path).catch(() => null))?.blocks ?? 0) * 512;
    }
  }
  return bytes;
}

async function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
}
