import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { inMirror } from './mirrorFolder.ts';
import { mutateGit } from './run/mutate.ts';

/** A fetch that brings anything leaves a pack, which each clone links and searches from then on. */
const MOST_PACKS = 40;
/** A ref of its own file costs a read for each clone. */
const MOST_LOOSE_REFS = 200;

/**
 * Keeps a mirror quick to clone from: what git's own upkeep would do, which is off because it deletes files that a clone is just being
 * linked to. Call it under the mirror's lock. Only for speed: a disk without room for it is no reason to stop.
 */
export async function tidyMirror(
  path: string,
  { env, signal }: { readonly env: Env; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const packs = (await readdir(join(path, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'));
  const refs = await readdir(join(path, 'refs'), { recursive: true });
  try {
    if (refs.length > MOST_LOOSE_REFS)
      await mutateGit(inMirror(path, ['pack-refs', '--all', '--prune']), { cwd: path, env, signal });
    // `-a` and not `--geometric`, which is of git 2.33; deltas are taken over as they are.
    if (packs.length > MOST_PACKS)
      await mutateGit(inMirror(path, ['repack', '-a', '-d', '-q']), { cwd: path, env, signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ProgramError)) throw error;
  }
}
