import { watch, type FSWatcher } from 'node:fs';
import type { WorkFolderOptions, WorkFolders } from './workFolders.ts';

/**
 * One watch for the whole tree, where the system has such a thing (macOS: FSEvents) and a watch a folder would cost a file descriptor
 * each. Tells of ignored folders too: then git is asked in vain, at most a twentieth of a core long.
 */
export function wholeTree(tree: string, { onEvent }: Pick<WorkFolderOptions, 'onEvent'>): WorkFolders {
  let watcher: FSWatcher | null = null;
  const end = (): void => {
    watcher?.close();
    watcher = null;
  };
  const start = (): FSWatcher => {
    const started = watch(tree, { recursive: true }, (_kind, name) => {
      if (name === null || isWork(name)) onEvent();
    });
    return started.on('error', () => {
      end();
      onEvent();
    });
  };
  return {
    refresh() {
      try {
        watcher ??= start();
      } catch {
        return Promise.resolve(false);
      }
      return Promise.resolve(true);
    },
    expire: () => undefined,
    retry: () => undefined,
    submodules: () => [],
    close: end,
  };
}

/** The git folder has watches of its own; a submodule's lies inside it, and is told of by these two files. */
function isWork(name: string): boolean {
  return !/^\.git($|\/)/.test(name) || /^\.git\/modules\/.*\/(HEAD|index)$/.test(name);
}
