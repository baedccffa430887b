import { lstatSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from '../store/file.ts';
import type { WatchBudget } from './watchBudget.ts';

/** What happened in a folder: `rename` for an entry that came or went, `change` for one that was written. `name` is null when the system does not say. */
export interface FolderEvent {
  /** Relative to the root; `''` for the root itself. */
  readonly folder: string;
  readonly kind: string;
  readonly name: string | null;
}

/** One watch a folder, none below it: what is not named is not watched. */
export interface FolderWatches {
  has(folder: string): boolean;
  /** `gone`: there is no such folder, or it may not be read. `full`: the budget, or the kernel's table, is used up. */
  add(folder: string): 'watched' | 'gone' | 'full';
  /** Ends the watches of a folder and of all below it. */
  drop(folder: string): void;
  clear(): void;
  count(): number;
}

export interface FolderWatchOptions {
  readonly budget: WatchBudget;
  /** An event, whatever it means: they are counted, because the kernel drops what is too many. */
  readonly onHeard: () => void;
  readonly onEvent: (event: FolderEvent) => void;
  /** A watch that ended by itself. */
  readonly onLost: (folder: string) => void;
}

/** Watches folders below `root`. A folder that is replaced by another keeps its dead watch until it is dropped: its parent's event tells. */
export function folderWatches(root: string, { budget, onHeard, onEvent, onLost }: FolderWatchOptions): FolderWatches {
  const watchers = new Map<string, FSWatcher>();
  const end = (folder: string): void => {
    const watcher = watchers.get(folder);
    if (!watcher) return;
    watchers.delete(folder);
    watcher.close();
    budget.give();
  };
  const start = (folder: string): void => {
    const watcher = watch(join(root, folder), (kind, name) => {
      onHeard();
      if (watchers.get(folder) === watcher) onEvent({ folder, kind, name });
    });
    watchers.set(folder, watcher);
    watcher.on('error', () => {
      if (watchers.get(folder) !== watcher) return;
      end(folder);
      onLost(folder);
    });
  };
  const endAll = (isWanted: (folder: string) => boolean): void => {
    for (const folder of [...watchers.keys()]) if (!isWanted(folder)) end(folder);
  };
  return {
    has: (folder) => watchers.has(folder),
    add(folder) {
      if (watchers.has(folder)) return 'watched';
      // Not through a link: a tracked folder that became one leads elsewhere.
      if (folder !== '' && lstatSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory() !== true)
        return 'gone';
      if (!budget.take()) return 'full';
      return begin(() => start(folder), budget);
    },
    drop: (folder) => endAll((other) => other !== folder && !other.startsWith(`${folder}/`)),
    clear: () => endAll(() => false),
    count: () => watchers.size,
  };
}

function begin(start: () => void, budget: WatchBudget): 'watched' | 'gone' | 'full' {
  try {
    start();
    return 'watched';
  } catch (error) {
    budget.give();
    return ['ENOSPC', 'EMFILE', 'ENFILE', 'ENOMEM'].some((code) => hasCode(error, code)) ? 'full' : 'gone';
  }
}
