import { statSync, watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readCommonDir, readPlace } from '../git/gitDir.ts';
import type { FolderOptions } from '../git/treeFolders.ts';
import { watchGitFolder, type GitEvent, type GitFolderWatch } from './gitFolder.ts';
import { isOnNetworkDrive } from './networkDrive.ts';
import type { WatchBudget } from './watchBudget.ts';
import { wholeTree } from './wholeTree.ts';
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
  /** Takes nothing for known at the next refresh: events were lost. */
  expire(): void;
  /** False when git wrote something since the last refresh, or another repository is in its place. Looks at four files at once, without waiting. */
  isAsRefreshed(): boolean;
  /** Ends all watches. Not while a refresh is under way: it would begin new ones, which nobody ends. */
  close(): void;
}

export interface RepositoryWatchOptions extends FolderOptions {
  readonly budget: WatchBudget;
  readonly onHeard: () => void;
  readonly onEvent: () => void;
  /** Something else than files and index changed: HEAD, refs, configuration. */
  readonly onRefs: () => void;
  /** HEAD was written; its git folder. */
  readonly onHead: (gitDir: string) => void;
  /** One watch for a whole tree: macOS. */
  readonly wholeTrees: boolean;
}

interface Facts {
  readonly gitDir: string;
  readonly common: string;
  /** Device and inode of its folders: another repository in the same place is another one. */
  readonly identity: string;
  /** On a network drive: only the git folder is watched, for what is done on this machine. */
  readonly isAway: boolean;
}

/** The watches of a repository that is there; they end with it. */
interface Watched extends Facts {
  readonly git: GitFolderWatch;
  readonly work: WorkFolders;
  readonly submodules: Map<string, RepositoryWatch>;
  /** The signature at the last refresh. */
  signature: string;
}

export function watchRepository(path: string, options: RepositoryWatchOptions): RepositoryWatch {
  let watched: Watched | null = null;
  let awaited: FSWatcher | null = null;
  let isExpired = false;
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
      if (isExpired || watched?.identity !== identity) {
        end();
        isExpired = false;
        options.onRefs();
      }
      watched ??= begin(path, await readFacts(path, { identity, gitDir: place.gitDir }), options);
      watched.signature = sign(path, place.gitDir);
      const isGitWhole = await watched.git.refresh();
      if (watched.isAway) return false;
      const isWhole = await watched.work.refresh();
      return [isGitWhole, isWhole, ...(await refreshSubmodules(path, watched, options))].every(Boolean);
    },
    retry() {
      watched?.work.retry();
      watched?.submodules.forEach((submodule) => submodule.retry());
    },
    // Not at once: a refresh may be under way, and would go on with watches that have ended.
    expire() {
      isExpired = true;
    },
    isAsRefreshed: () => watched !== null && watched.signature === sign(path, watched.gitDir),
    close: end,
  };
}

async function readFacts(path: string, place: Pick<Facts, 'gitDir' | 'identity'>): Promise<Facts> {
  return { ...place, common: await readCommonDir(place.gitDir), isAway: await isOnNetworkDrive(path) };
}

function begin(path: string, facts: Facts, options: RepositoryWatchOptions): Watched {
  const work = options.wholeTrees ? wholeTree(path, options) : workFolders(path, options);
  const onGit = (event: GitEvent): void => {
    if (event === 'index' || event === 'config') work.expire('tracked');
    if (event === 'ignores') work.expire('all');
    if (event !== 'index') options.onRefs();
    if (event === 'head') options.onHead(facts.gitDir);
    options.onEvent();
  };
  return {
    ...facts,
    signature: '',
    work,
    git: watchGitFolder(facts, { budget: options.budget, onHeard: options.onHeard, onEvent: onGit }),
    submodules: new Map(),
  };
}

/** One after another: each asks git. A submodule that is not checked out is an empty folder, which is watched as such. */
async function refreshSubmodules(
  path: string,
  { work, submodules }: Watched,
  options: RepositoryWatchOptions,
): Promise<readonly boolean[]> {
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
    const submodule =
      submodules.get(name) ?? watchRepository(tree, { ...options, onHead: () => undefined, onRefs: () => undefined });
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
  return files
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((facts, at) => `${facts?.ino ?? 0}:${at < 2 ? '' : (facts?.mtimeMs ?? 0)}`)
    .join(' ');
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
