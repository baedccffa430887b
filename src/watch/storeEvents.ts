import { type FSWatcher, watch } from 'node:fs';

/** Folders of ours and of Claude's in which something may appear or change. */
export interface StoreEvents {
  /** Replaces the set; a folder that is not there yet is tried again at the next call. */
  follow(folders: readonly string[]): void;
  /** How many of them cannot be watched: they are not there, or the system's table of watches is full. */
  missing(): number;
  close(): void;
}

/** `onEvent` hears of each file that comes, goes or changes in one of the folders themselves; of temporary ones (`.name`) it does not. */
export function storeEvents(onEvent: (folder: string, name: string) => void): StoreEvents {
  const watchers = new Map<string, FSWatcher>();
  let unwatched = 0;

  const drop = (folder: string): void => {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  };
  const add = (folder: string): boolean => {
    try {
      const watcher = watch(folder, { persistent: false }, (kind, name) => {
        // A folder that is deleted says its own name, and nothing ever after.
        if (kind === 'rename' && name !== null && folder.endsWith(`/${name}`)) drop(folder);
        if (name !== null && !name.startsWith('.')) onEvent(folder, name);
      });
      watcher.on('error', () => drop(folder));
      watchers.set(folder, watcher);
      return true;
    } catch {
      return false;
    }
  };
  return {
    follow: (folders) => {
      const wanted = new Set(folders);
      for (const folder of [...watchers.keys()]) if (!wanted.has(folder)) drop(folder);
      unwatched = [...wanted].filter((folder) => !watchers.has(folder) && !add(folder)).length;
    },
    missing: () => unwatched,
    close: () => {
      for (const folder of [...watchers.keys()]) drop(folder);
    },
  };
}
