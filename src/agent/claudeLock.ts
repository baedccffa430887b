import { mkdirSync, renameSync, rmdirSync, statSync, type Stats } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { hasCode, namesOf } from '../store/file.ts';

/** Age at which a lock counts as left behind, in milliseconds: Claude Code's own (proper-lockfile; 2.1.197 to 2.1.332). */
const STALE_MS = 10_000;

export interface ClaudeLockOptions {
  /** How long to wait for another owner, in milliseconds. More than 10 s also outlasts one that was killed just now. */
  readonly patienceMs: number;
  /** Called once when somebody else holds it. */
  readonly onWait?: () => void;
  readonly signal?: AbortSignal;
}

/** Another program held the lock all the time. */
export class LockHeld extends Error {
  override readonly name = 'LockHeld';
}

/**
 * Runs `run` under the lock that Claude Code takes to write `file`: the folder `<file>.lock`, older than 10 s is left behind. `run` is
 * synchronous, so no signal comes in between, and is given a check whether the lock is still its own. Throws LockHeld after the patience, and
 * Node's error where no lock can be made.
 */
export async function withClaudeLock<T>(
  file: string,
  options: ClaudeLockOptions,
  run: (isOurs: () => boolean) => T,
): Promise<T> {
  const lock = `${file}.lock`;
  const own = await acquire(lock, options);
  const isOurs = (): boolean => isSame(look(lock), own);
  try {
    return run(isOurs);
  } finally {
    if (isOurs()) rmdirSync(lock);
  }
}

async function acquire(lock: string, { patienceMs, onWait, signal }: ClaudeLockOptions): Promise<Stats> {
  const deadline = Date.now() + patienceMs;
  for (let told = false; ;) {
    const made = tryMake(lock);
    if (made !== null) return made;
    const held = look(lock);
    if (held === null) continue;
    if (Date.now() - held.mtimeMs > STALE_MS && clearStale(lock, held)) continue;
    if (Date.now() >= deadline || signal?.aborted === true) throw new LockHeld(`another program holds ${lock}`);
    if (!told) onWait?.();
    told = true;
    // Never in step with others that wait.
    await pause(20 + 30 * Math.random());
  }
}

function tryMake(lock: string): Stats | null {
  try {
    mkdirSync(lock);
    return look(lock);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return null;
    throw error;
  }
}

function look(lock: string): Stats | null {
  return statSync(lock, { throwIfNoEntry: false }) ?? null;
}

function isSame(one: Stats | null, other: Stats): boolean {
  return one !== null && one.ino === other.ino && one.dev === other.dev && one.birthtimeMs === other.birthtimeMs;
}

/**
 * Takes a lock away that was left behind. It is moved aside first and looked at again: of two that clear it, the slower one would otherwise
 * remove the new lock of the faster. False for what cannot be a lock of Claude's.
 */
function clearStale(lock: string, seen: Stats): boolean {
  if (!seen.isDirectory() || namesOf(lock).length > 0) return false;
  const aside = `${lock}.stale-${process.pid}-${++cleared}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    throw error;
  }
  const moved = look(aside);
  if (moved !== null && isSame(moved, seen) && moved.mtimeMs === seen.mtimeMs) rmdirSync(aside);
  else renameSync(aside, lock);
  return true;
}
let cleared = 0;
