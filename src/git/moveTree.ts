import { ProgramError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { readHeadBranch } from './gitDir.ts';
import { mendSync } from './mendSync.ts';
import { closeSpace, keepObjects, type ObjectSpace } from './objectSpace.ts';
import { holdRefs, type HeldRefs } from './refTransaction.ts';
import { plumbText } from './run/ask.ts';
import { mutatePlumbText } from './run/mutate.ts';
import { followSubmodules } from './submodules.ts';
import { refUpdates, removeSyncNote, writeSyncNote, type SyncNote } from './syncNote.ts';
import { isSubmoduleChange, type Change } from './treeChanges.ts';

export interface TreeMove {
  readonly tree: string;
  readonly gitDir: string;
  /** Where the new commits lie so far. */
  readonly space: ObjectSpace;
  readonly note: SyncNote;
  /** Paths that differ between the two commits. */
  readonly changes: readonly Change[];
  readonly env: Env;
  /** Asked when the refs are held: why the tree may not be moved after all; null when it may. */
  readonly recheck: () => Promise<string | null>;
  /** Called when the tree has moved, before the last trace of the move goes. */
  readonly onMoved: () => Promise<void>;
  /** Called before each step; for tests that end the process there. */
  readonly onStep?: ((step: MoveStep) => void) | undefined;
}

/** The tree is as it was, because of something that has come up since it was looked at. */
export class MovedMeanwhile extends Error {}

/**
 * The steps of a move, in order. Until `files` nothing in the tree has changed; from `files` to `refs` git's index lock and the locks of
 * branch and HEAD are held, a moment. Killed anywhere, mendSync ends it.
 */
export const MOVE_STEPS = ['objects', 'note', 'hold', 'files', 'refs', 'submodules', 'record', 'clear'] as const;
export type MoveStep = (typeof MOVE_STEPS)[number];

/**
 * Moves branch, index and files of a clean tree from one commit to another: all or nothing. Resolves to what the user should know.
 * Throws MovedMeanwhile when somebody was at work in it, ProgramError when git cannot do it; the tree is then as it was.
 */
export async function moveTree(move: TreeMove): Promise<readonly string[]> {
  const state: MoveState = { held: null, notes: [] };
  try {
    for (const step of MOVE_STEPS) {
      move.onStep?.(step);
      await DO[step](move, state);
    }
    return state.notes;
  } catch (error) {
    await state.held?.release().catch(() => undefined);
    await undo(move, error);
    const why = refusal(error);
    throw why === null ? error : new MovedMeanwhile(why);
  }
}

interface MoveState {
  held: HeldRefs | null;
  readonly notes: string[];
}

const DO: Readonly<Record<MoveStep, (move: TreeMove, state: MoveState) => Promise<void>>> = {
  objects: async ({ space }) => {
    await keepObjects(space);
    await closeSpace(space);
  },
  note: ({ gitDir, note }) => writeSyncNote(gitDir, note),
  hold: async (move, state) => {
    const { branch, from } = move.note;
    state.held = await holdRefs(refUpdates(move.note), { cwd: move.tree, env: move.env, message: move.note.message });
    const head = await readHeadBranch(move.gitDir);
    const isThere =
      head === 'unknown'
        ? (await plumbText(['rev-parse', 'HEAD'], { cwd: move.tree, env: move.env })) === from
        : head.branch === branch;
    const why = isThere ? await move.recheck() : 'has changed its branch meanwhile';
    if (why !== null) throw new MovedMeanwhile(why);
  },
  files: async ({ tree, env, note }) => {
    await mutatePlumbText([...ALONE, 'read-tree', '-m', '-u', '--no-recurse-submodules', note.from, note.to], {
      cwd: tree,
      env,
      timeoutMs: FILES_MS,
    });
  },
  refs: async (_, state) => {
    await state.held?.commit();
    state.held = null;
  },
  submodules: async ({ tree, env, changes }, { notes }) => {
    const problem = changes.some(isSubmoduleChange)
      ? await followSubmodules(
          tree,
          changes.filter(isSubmoduleChange).map(({ path }) => path),
          env,
        )
      : null;
    if (problem !== null) notes.push(problem);
  },
  record: ({ onMoved }) => onMoved(),
  clear: ({ gitDir }) => removeSyncNote(gitDir),
};

/** No hook of the repository runs while the locks are held (post-index-change). */
const ALONE = ['-c', 'core.hooksPath=/dev/null'];

/** A filter (LFS) may still have to fetch a file or two. */
const FILES_MS = 300_000;

/** Where git refused before it touched a file there is nothing to undo; otherwise what it did is told by the files themselves. */
async function undo({ gitDir, tree, env }: TreeMove, error: unknown): Promise<void> {
  if (error instanceof MovedMeanwhile || refusal(error) !== null) await removeSyncNote(gitDir);
  else await mendSync(tree, env);
}

/** Words git has before it has touched a file: somebody's lock, a ref that has moved, a file that was changed since `status`. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/is at [0-9a-f]+ but expected/, 'has moved on meanwhile'],
  [/\.lock': File exists|cannot lock ref/, 'has another git at work in its clone'],
  [/not uptodate\. Cannot merge|would be overwritten/, 'has files that changed meanwhile'],
];

function refusal(error: unknown): string | null {
  if (!(error instanceof ProgramError)) return null;
  return REFUSALS.find(([pattern]) => pattern.test(error.stderr))?.[1] ?? null;
}
