import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TreeRisk } from '../status/treeRisk.ts';
import { readCommonDir, readPlace } from './gitDir.ts';
import { LARGE_FILE, largeStore } from './largeFiles.ts';
import { riskOf, type RiskPlace } from './riskOptions.ts';

/**
 * Files of Git LFS that no store but this repository's is known to have. A pointer that was pushed proves nothing of its file: `push --no-verify`
 * and a replaced hooks folder send the one without the other. What came from the remote is in the mirror's store too; so is what somebody
 * else's clone has fetched since. The store of a linked worktree stays, with the repository it belongs to.
 */
export async function readLargeRisks(
  { gitDir, isWorktree, where, remote }: RiskPlace,
  checkout: string | null,
): Promise<readonly TreeRisk[]> {
  if (isWorktree) return [];
  const store = largeStore(await readCommonDir(gitDir));
  const files = listLarge(store);
  if (files.length === 0) return [];
  const others = [remote === null ? null : largeStore(dirname(remote.objects)), await checkoutStore(checkout)].filter(
    (path) => path !== null,
  );
  const own = files.filter((name) => !others.some((other) => sizeOf(join(other, name)) === sizeOf(join(store, name))));
  return riskOf(
    'large',
    where,
    own.map((name) => name.slice(6)),
  );
}

async function checkoutStore(checkout: string | null): Promise<string | null> {
  const place = checkout === null ? null : await readPlace(checkout);
  return place?.kind === 'repository' ? largeStore(await readCommonDir(place.gitDir)) : null;
}

/** Relative paths; none where there is no store. */
function listLarge(store: string): readonly string[] {
  if (statSync(store, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => LARGE_FILE.test(name));
}

function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}
