import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { readIgnored, readTreeFolders, type FolderOptions, type TreeFolders } from '../git/treeFolders.ts';
import { folderWatches, type FolderEvent, type FolderWatches } from './folderWatches.ts';
import type { WatchBudget } from './watchBudget.ts';

/** The folders of one work tree in which a change can show in its status: those with tracked files, and those git does not ignore. */
export interface WorkFolders {
  /** Watches what came since; false when it did not all fit: then nothing is watched, and the tree has to be asked. */
  refresh(): Promise<boolean>;
  /** The index, or (`all`) what is ignored, has changed: git is asked for the folders at the next refresh. */
  expire(what: 'tracked' | 'all'): void;
  /** Tries once more what did not fit, if there is room for it now. */
  retry(): void;
  /** Of the last refresh, relative to the tree. */
  submodules(): readonly string[];
  close(): void;
}

export interface WorkFolderOptions extends FolderOptions {
  readonly budget: WatchBudget;
  readonly onHeard: () => void;
  readonly onEvent: () => void;
}

interface Work {
  readonly tree: string;
  readonly options: WorkFolderOptions;
  readonly watches: FolderWatches;
  /** What git is to be asked for at the next refresh. */
  expired: 'nothing' | 'tracked' | 'all';
  /** Entries that came or went since the last one, and files that were written. */
  entries: Set<string>;
  written: Set<string>;
  /** Those of the refresh before. */
  writtenBefore: ReadonlySet<string>;
  /** Of files that were written again and again: whether git ignores them (a log in a tracked folder). */
  judged: Map<string, boolean>;
  submodules: readonly string[];
  /** How many did not fit; null when all are watched. */
  unwatched: number | null;
  /** Calls of `retry` that are let pass before the next try, and after it. */
  retryIn: number;
  retryGap: number;
}

export function workFolders(tree: string, options: WorkFolderOptions): WorkFolders {
  const onEvent = (event: FolderEvent): void => {
    if (hear(work, event)) options.onEvent();
  };
  const onLost = (): void => {
    work.expired = 'all';
    options.onEvent();
  };
  const watches = folderWatches(tree, { budget: options.budget, onHeard: options.onHeard, onEvent, onLost });
  const work: Work = {
    tree,
    options,
    watches,
    expired: 'all',
    entries: new Set(),
    written: new Set(),
    writtenBefore: new Set(),
    judged: new Map(),
    submodules: [],
    unwatched: null,
    retryIn: 0,
    retryGap: 1,
  };
  return {
    refresh: () => refresh(work),
    expire: (what) => expire(work, what),
    retry: () => retry(work),
    submodules: () => work.submodules,
    close: () => watches.clear(),
  };
}

function expire(work: Work, what: 'tracked' | 'all'): void {
  if (work.expired !== 'all') work.expired = what;
  // What is tracked is never ignored, so both decide.
  work.judged = new Map();
}

/** False for what no status shows. */
function hear(work: Work, { folder, kind, name }: FolderEvent): boolean {
  if (name === null || name === '.gitignore' || name === '.git') expire(work, 'all');
  if (name === null) return true;
  const path = folder === '' ? name : `${folder}/${name}`;
  if (kind === 'rename') noteEntry(work, path);
  else if (work.judged.get(path) === true) return false;
  else if (work.written.size < MOST_WRITTEN) work.written.add(path);
  return true;
}

const MOST_WRITTEN = 50;

/** After so many, asking git for all folders is cheaper than looking at each. */
const MOST_ENTRIES = 1000;

function noteEntry(work: Work, path: string): void {
  // The watch stays with the folder that was there before, wherever that is now.
  if (work.watches.has(path)) {
    work.watches.drop(path);
    expire(work, 'tracked');
  }
  if (work.entries.size < MOST_ENTRIES) work.entries.add(path);
  else expire(work, 'all');
}

async function refresh(work: Work): Promise<boolean> {
  if (work.unwatched !== null) return false;
  const { expired, entries } = work;
  // Before anything is read: what happens meanwhile is for the next time.
  work.expired = 'nothing';
  work.entries = new Set();
  try {
    await judge(work);
    const untracked = expired === 'nothing' ? [] : await refreshTracked(work, expired);
    return untracked !== null && (await refreshUntracked(work, [...entries, ...untracked]));
  } catch (error) {
    work.expired = 'all';
    throw error;
  }
}

/** Asks once whether git ignores what was written before this refresh and before the last: each further event of it would be a question in vain. */
async function judge(work: Work): Promise<void> {
  // Its own: one that is replaced meanwhile gets nothing that is old.
  const { judged, written, writtenBefore } = work;
  work.written = new Set();
  work.writtenBefore = written;
  const again = [...written].filter((path) => writtenBefore.has(path) && !judged.has(path));
  const ignored = await readIgnored(work.tree, again, { env: work.options.env, timeoutMs: work.options.timeoutMs });
  for (const path of again) judged.set(path, ignored.has(path));
}

/** The folders without tracked files, or null when there is no room. */
async function refreshTracked(work: Work, expired: 'tracked' | 'all'): Promise<readonly string[] | null> {
  const { tree, watches, options } = work;
  const withSubmodules = existsSync(join(tree, '.gitmodules'));
  const list = await readTreeFolders(tree, {
    env: options.env,
    timeoutMs: options.timeoutMs,
    withUntracked: expired === 'all',
    withSubmodules,
  });
  work.submodules = list.submodules;
  const fits = list.tracked.size <= options.budget.room() + watches.count() && (await watchAll(watches, list));
  if (!fits) giveUp(work, list.tracked.size);
  return fits ? list.untracked : null;
}

/** False when the budget or the kernel's table is full. A thousand take 20 ms, so others get their turn in between. */
async function watchAll(watches: FolderWatches, { tracked, submodules }: TreeFolders): Promise<boolean> {
  let added = 0;
  for (const folder of [...tracked, ...submodules]) {
    if (watches.add(folder) === 'full') return false;
    if (++added % 200 === 0) await breathe();
  }
  return true;
}

/** Level by level, because git must say of each whether it is ignored; what is below an ignored one is never looked at. */
async function refreshUntracked(work: Work, entries: readonly string[]): Promise<boolean> {
  const { tree, watches, options } = work;
  for (let level = entries; level.length > 0;) {
    const folders = level.filter((path) => !watches.has(path) && isWorkFolder(join(tree, path)));
    const ignored = await readIgnored(tree, folders, { env: options.env, timeoutMs: options.timeoutMs });
    const wanted = folders.filter((path) => !ignored.has(path));
    if (wanted.some((path) => watches.add(path) === 'full')) {
      giveUp(work, watches.count() + wanted.length);
      return false;
    }
    level = wanted.flatMap((path) => namesIn(join(tree, path)).map((name) => `${path}/${name}`));
  }
  return true;
}

function giveUp(work: Work, wanted: number): void {
  work.watches.clear();
  work.unwatched = wanted;
  work.retryIn = work.retryGap;
  work.retryGap = Math.min(2 * work.retryGap, MOST_RETRY_GAP);
}

const MOST_RETRY_GAP = 20;

function retry(work: Work): void {
  if (work.unwatched === null || work.unwatched > work.options.budget.room() || --work.retryIn > 0) return;
  work.unwatched = null;
  work.expired = 'all';
}

/** A repository inside the tree is one line of its status, whatever is in it. */
function isWorkFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true && !existsSync(join(path, '.git'));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
