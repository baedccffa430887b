import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { folderWatches, type FolderEvent, type FolderWatches } from './folderWatches.ts';
import type { WatchBudget } from './watchBudget.ts';

/** What in a repository's git folder changed; `refs` is anything else that a status shows: branches, an operation in progress. */
export type GitEvent = 'head' | 'index' | 'config' | 'ignores' | 'refs';

export interface GitFolderWatch {
  /** Watches what came since; false when not everything could be. */
  refresh(): Promise<boolean>;
  close(): void;
}

export interface GitFolders {
  /** Of a linked worktree its own folder, else the same as `common`. */
  readonly gitDir: string;
  readonly common: string;
}

export interface GitFolderOptions {
  readonly budget: WatchBudget;
  readonly onHeard: () => void;
  readonly onEvent: (event: GitEvent) => void;
}

/** Watches what git writes when HEAD, index, refs, configuration or the operation in progress change; never the objects. */
export function watchGitFolder({ gitDir, common }: GitFolders, options: GitFolderOptions): GitFolderWatch {
  const { budget, onHeard, onEvent } = options;
  let isStale = true;
  const hear =
    (folders: () => FolderWatches, read: (event: FolderEvent) => GitEvent | null) => (event: FolderEvent) => {
      const path = join(event.folder, event.name ?? '');
      if (event.kind === 'rename' && folders().has(path)) folders().drop(path);
      const meaning = event.name === null ? 'config' : read(event);
      if (meaning === null) return;
      isStale ||= event.kind === 'rename' || event.name === null;
      onEvent(meaning);
    };
  const onLost = (): void => {
    isStale = true;
    onEvent('refs');
  };
  const own: FolderWatches = folderWatches(gitDir, {
    budget,
    onHeard,
    onLost,
    onEvent: hear(
      () => own,
      (event) => ownEvent(event, basename(gitDir)) ?? (gitDir === common ? sharedEvent(event) : null),
    ),
  });
  const shared: FolderWatches =
    gitDir === common
      ? own
      : folderWatches(common, { budget, onHeard, onLost, onEvent: hear(() => shared, sharedEvent) });
  return {
    async refresh() {
      if (!isStale) return true;
      isStale = false;
      const names = await findFolders(common);
      const results = [own.add(''), ...['', 'info', 'reftable', ...names].map((name) => shared.add(name))];
      const isWhole = names.length <= MOST_REF_FOLDERS && !results.includes('full');
      isStale = !isWhole;
      return isWhole;
    },
    close() {
      own.clear();
      shared.clear();
    },
  };
}

/** Files git leaves in a tree's own folder; the last ones tell of an operation in progress. */
const OWN: Readonly<Record<string, GitEvent>> = {
  HEAD: 'head',
  index: 'index',
  'config.worktree': 'refs',
  MERGE_HEAD: 'refs',
  CHERRY_PICK_HEAD: 'refs',
  REVERT_HEAD: 'refs',
  BISECT_LOG: 'refs',
  'rebase-merge': 'refs',
  'rebase-apply': 'refs',
};

function ownEvent({ folder, name }: FolderEvent, itself: string): GitEvent | null {
  if (folder !== '' || name === null) return null;
  // The kernel tells of a watched folder's own end by the folder's name.
  return Object.hasOwn(OWN, name) ? (OWN[name] ?? null) : name === itself ? 'refs' : null;
}

/** A change of `config` may bring a submodule, or another upstream. */
const SHARED: Readonly<Record<string, GitEvent>> = {
  config: 'config',
  'packed-refs': 'refs',
  refs: 'refs',
  info: 'ignores',
  reftable: 'refs',
  shallow: 'refs',
};

function sharedEvent({ folder, name }: FolderEvent): GitEvent | null {
  if (name === null || name.endsWith('.lock')) return null;
  if (folder === '') return Object.hasOwn(SHARED, name) ? (SHARED[name] ?? null) : null;
  return folder === 'info' ? 'ignores' : 'refs';
}

/** Counts against upstream and base depend on branches and remote branches; a name with slashes is a folder. */
const REFS = ['refs', 'refs/heads', 'refs/remotes'];
const MOST_REF_FOLDERS = 300;

async function findFolders(common: string): Promise<readonly string[]> {
  const found = [...REFS];
  for (let at = 1; at < found.length && found.length <= MOST_REF_FOLDERS; at++) {
    const folder = found[at] ?? '';
    const entries = await readdir(join(common, folder), { withFileTypes: true }).catch(() => []);
    found.push(...entries.filter((entry) => entry.isDirectory()).map((entry) => `${folder}/${entry.name}`));
  }
  return found;
}
