import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TreeReading } from '../apply/readStatus.ts';
import type { Env } from '../store/paths.ts';
import { followTree, type FollowedClone } from './followTree.ts';
import type { TreeLimits } from './pace.ts';
import { makeTurns } from './turns.ts';
import { readFlood, readMostWatches, watchBudget } from './watchBudget.ts';

export interface FollowedTree {
  /** Absolute. */
  readonly path: string;
  /** Branch of origin that ahead and behind are counted against when there is no upstream; null for origin's HEAD. */
  readonly base: string | null;
}

/** The git status of every clone, kept current without asking while nothing happens. */
export interface LiveTrees {
  /** Replaces the set: new ones are asked at once, those that are gone are forgotten. */
  follow(trees: readonly FollowedTree[]): void;
  /** The latest; null for a tree that has not answered yet, or is not followed. */
  reading(path: string): TreeReading | null;
  /** True for a tree of which some changes come without an event. */
  isPolled(path: string): boolean;
  /**
   * Resolves when every change that was made before the call is in the readings; trees that cannot be watched are asked now.
   * One whose git gave no answer the last time keeps its error and is not waited for.
   */
  settle(): Promise<void>;
  /** To be called every 30 s and after a suspend: finds what no event told. */
  sweep(): void;
  close(): void;
}

export interface LiveTreesOptions {
  readonly env: Env;
  /** The reading of this tree is another one than before. */
  readonly onChange: (path: string) => void;
  /** What went wrong here and not in a tree: for a log. */
  readonly onProblem?: (text: string) => void;
  /** One watch for a whole tree instead of one a folder: the default on macOS. */
  readonly wholeTrees?: boolean;
  /** For tests; the defaults are what docs and benchmarks speak of. */
  readonly limits?: Partial<TreeLimits>;
}

const TURNS = { atOnce: 2, lentMs: 1000, most: 8 };

export function liveTrees({
  env,
  onChange,
  onProblem = () => undefined,
  wholeTrees = process.platform === 'darwin',
  limits: given = {},
}: LiveTreesOptions): LiveTrees {
  const limits: TreeLimits = {
    timeoutMs: 10_000,
    leadMs: 25,
    gapMs: 1000,
    share: 20,
    pollMs: 5000,
    foldersInTree: 4000,
    folders: readMostWatches(),
    ...given,
  };
  const shared = {
    env,
    limits,
    onProblem,
    wholeTrees,
    budget: watchBudget(limits.folders),
    takeTurn: makeTurns(TURNS),
  };
  const followed = new Map<string, FollowedClone & { readonly base: string | null }>();
  const onHeard = floodGuard(() => followed.forEach((clone) => clone.expire()));
  const forget = (path: string): void => {
    followed.get(path)?.close();
    followed.delete(path);
  };
  return {
    follow(trees) {
      const wanted = new Map(trees.map((tree) => [tree.path, tree.base]));
      for (const [path, { base }] of [...followed]) if (wanted.get(path) !== base) forget(path);
      for (const [path, base] of wanted) {
        if (!followed.has(path))
          followed.set(path, {
            base,
            ...followTree(path, { ...shared, base, onHeard, onChange: () => onChange(path) }),
          });
      }
    },
    reading: (path) => followed.get(path)?.reading() ?? null,
    isPolled: (path) => followed.get(path)?.isBlind() ?? false,
    async settle() {
      await heardAll();
      await Promise.all([...followed.values()].map((clone) => clone.settle()));
    },
    sweep: () => followed.forEach((clone) => clone.sweep()),
    close: () => [...followed.keys()].forEach(forget),
  };
}

/** The kernel has noted every change by the time it is made; a whole turn of the event loop hands on all that it has noted. */
async function heardAll(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** Counts the events of each turn of the event loop. */
function floodGuard(onFlood: () => void): () => void {
  const flood = readFlood();
  let inTurn = 0;
  return () => {
    if (inTurn++ === 0)
      setImmediate(() => {
        const flooded = inTurn >= flood;
        inTurn = 0;
        if (flooded) onFlood();
      });
  };
}
