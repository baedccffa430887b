import { statSync, watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readCommonDir, readPlace } from '../git/gitDir.ts';
import type { FolderOptions } from '../git/treeFolders.ts';
import { watchGitFolder, type GitEvent, type GitFolderWatch } from './gitFolder.ts';
import type { WatchBudget } from './watchBudget.ts';
import { workFolders, type WorkFolders } from './workFolders.ts';

/** Tells that something happened in a repository, its submodules included, that its status may show. */
export interface RepositoryWatch {
  /**
   * Watches what is there now and was not before; to be awaited before each question, so that whatever the answer misses comes as an
   * event. False when some changes will come without one (no room, no repository): then asking is the only way. Throws as readGit does.
   */
  refresh(): Promise<boolean>;
  /** Tries once more what did not fit. */
  retry(): void;
  /** Takes nothing for known: events were lost. */
  expire(): void;
  /** False when git wrote something since the last refresh, or another repository is in its place. Looks at four files at once, without waiting. */
  isAsRefreshed(): boolean;
  close(): void;
}

export interface RepositoryWatchOptions extends FolderOptions {
  readonly budget: WatchBudget;
  readonly onEvent: () => void;
  /** HEAD was written; its git folder. */
  readonly onHead: (gitDir: string) => void;
}

/** The watches of a repository that is there; they end with it. */
interface Watched {
  readonly gitDir: string;
  /** Device and inode of its folders: another repository in the same place is another one. */
  readonly identity: string;
  readonly git: GitFolderWatch;
  readonly work: WorkFolders;
  readonly submodules: Map<string, RepositoryWatch>;
  /** The signature at the last refresh. */
  signature: string;
}

export function watchRepository(path: string, options: RepositoryWatchOptions): RepositoryWatch {
  let watched: Watched | null = null;
  let awaited: FSWatcher | null = null;
  const end = (): void => {
    awaited?.close();
    awaited = null;
    watched?.git.close();
    watched?.work.close();
    watched?.submodules.forEach((submodule) => submodule.close());
    watched = null;
  };
  return {
    async refresh() {
      const place = await readPlace(path);
      if (place.kind !== 'repository') {
        end();
        awaited = awaitReturn(path, options.onEvent);
        return false;
      }
      const identity = await identify([path, place.gitDir]);
      if (watched?.identity !== identity) end();
      watched ??= begin(path, { identity, gitDir: place.gitDir, common: await readCommonDir(place.gitDir) }, options);
      watched.signature = sign(path, place.gitDir);
      const isWhole = [await watched.git.refresh(), await watched.work.refresh()];
      return [...isWhole, ...(await refreshSubmodules(path, watched, options))].every(Boolean);
    },
    retry() {
      watched?.work.retry();
      watched?.submodules.forEach((submodule) => submodule.retry());
    },
    expire: end,
    isAsRefreshed: () => watched !== null && watched.signature === sign(path, watched.gitDir),
    close: end,
  };
}

function begin(path: string, place: { readonly identity: string; readonly gitDir: string; readonly common: string }, options: RepositoryWatchOptions): Watched {
  const work = workFolders(path, options);
  const onGit = (event: GitEvent): void => {
    if (event === 'index') work.expire('tracked');
    if (event === 'ignores') work.expire('all');
    if (event === 'head') options.onHead(place.gitDir);
    options.onEvent();
  };
  return { ...place, signature: '', work, git: watchGitFolder(place, { budget: options.budget, onEvent: onGit }), submodules: new Map() };
}

/** One after another: each asks git. A submodule that is not checked out is an empty folder, which is watched as such. */
async function refreshSubmodules(path: string, { work, submodules }: Watched, options: RepositoryWatchOptions): Promise<readonly boolean[]> {
  const names = work.submodules();
  for (const [name, watch] of submodules) {
    if (names.includes(name)) continue;
    watch.close();
    submodules.delete(name);
  }
  const results: boolean[] = [];
  for (const name of names) {
    const tree = join(path, name);
    if ((await readPlace(tree)).kind !== 'repository') continue;
    const submodule = submodules.get(name) ?? watchRepository(tree, { ...options, onHead: () => undefined });
    submodules.set(name, submodule);
    results.push(await submodule.refresh());
  }
  return results;
}

async function identify(folders: readonly string[]): Promise<string> {
  const facts = await Promise.all(folders.map((folder) => stat(folder)));
  return facts.map(({ dev, ino }) => `${dev}:${ino}`).join(' ');
}

function sign(path: string, gitDir: string): string {
  const files = [path, gitDir, join(gitDir, 'HEAD'), join(gitDir, 'index')];
  return files.map((file) => statSync(file, { throwIfNoEntry: false })).map((facts, at) => `${facts?.ino ?? 0}:${at < 2 ? '' : (facts?.mtimeMs ?? 0)}`).join(' ');
}

/** A clone that is gone, or not whole yet, is heard of when its folder, or an entry in it, comes; null when there is no place to listen at. */
function awaitReturn(path: string, onEvent: () => void): FSWatcher | null {
  for (const folder of [path, dirname(path)]) {
    try {
      const watcher = watch(folder, (_kind, name) => {
        if (folder === path || name === null || name === basename(path)) onEvent();
      });
      watcher.on('error', () => watcher.close());
      return watcher;
    } catch {
      continue;
    }
  }
  return null;
}
