import { join } from 'node:path';
import type { Env } from '../store/paths.ts';
import { readCommonDir, readHeadBranch, readPlace } from './gitDir.ts';
import { holdRefs } from './refTransaction.ts';
import { plumb } from './run/ask.ts';
import type { GitPlace } from './run/start.ts';
import { removeStaleLocks } from './staleLocks.ts';
import { followSubmodules } from './submodules.ts';
import { readSyncNote, refUpdates, removeSyncNote, type SyncNote } from './syncNote.ts';
import { takeBackFiles } from './takeBackFiles.ts';
import { isSubmoduleChange, readChanges } from './treeChanges.ts';

export interface Mended {
  /** `done`: the branch has moved; `undone`: the tree is as before that sync. */
  readonly kind: 'done' | 'undone';
  readonly note: SyncNote;
}

/**
 * Ends a sync that was cut off in `tree`: forward when index and files had arrived, back otherwise. What anybody changed since is kept.
 * Null when none was cut off: that costs two looks at files. Call it under the fleet's lock. Throws a UserError while a git is at work there.
 */
export async function mendSync(tree: string, env: Env): Promise<Mended | null> {
  const place = await readPlace(tree);
  if (place.kind !== 'repository') return null;
  const note = await readSyncNote(place.gitDir);
  if (note === null) return null;
  await removeStaleLocks(tree, await locksOf(note, place.gitDir));
  const kind = await finish(note, { gitDir: place.gitDir, git: { cwd: tree, env } });
  await removeSyncNote(place.gitDir);
  return { kind, note };
}

async function locksOf({ branch, baseRef }: SyncNote, gitDir: string): Promise<readonly string[]> {
  const common = await readCommonDir(gitDir);
  return [
    ...['index', 'HEAD', 'ORIG_HEAD', baseRef].map((name) => join(gitDir, `${name}.lock`)),
    join(common, 'refs', 'heads', `${branch}.lock`),
  ];
}

async function finish(
  note: SyncNote,
  { gitDir, git }: { readonly gitDir: string; readonly git: GitPlace },
): Promise<Mended['kind']> {
  const tip = (await plumb(['rev-parse', '--verify', '--quiet', `refs/heads/${note.branch}`], git)).stdout
    .toString('utf8')
    .trim();
  const head = await readHeadBranch(gitDir);
  const isOnBranch = head === 'unknown' || head.branch === note.branch;
  if (tip === note.to) return arrive(note, git);
  // Somebody has gone on from there: what they did is not ours to judge.
  if (tip !== note.from || !isOnBranch) return 'undone';
  if (await isIndexAt(note.to, git)) {
    await (await holdRefs(refUpdates(note), { cwd: git.cwd, env: git.env, message: note.message })).commit();
    return arrive(note, git);
  }
  await takeBackFiles(await readChanges(git, note.from, note.to), git);
  return 'undone';
}

async function arrive({ from, to }: SyncNote, git: GitPlace): Promise<'done'> {
  const moved = (await readChanges(git, from, to)).filter(isSubmoduleChange).map(({ path }) => path);
  if (moved.length > 0) await followSubmodules(git.cwd, moved, git.env);
  return 'done';
}

async function isIndexAt(commit: string, git: GitPlace): Promise<boolean> {
  return (await plumb(['diff-index', '--cached', '--quiet', commit, '--'], git)).code === 0;
}
