import { readFileSync } from 'node:fs';

/** How many folders may still be watched. */
export interface WatchBudget {
  /** Takes one; false when there is none left. */
  take(): boolean;
  give(): void;
  /** What is left. */
  room(): number;
}

/** A budget of `most`, within `whole` where there is one. */
export function watchBudget(most: number, whole?: WatchBudget): WatchBudget {
  let used = 0;
  return {
    take() {
      if (used >= most || whole?.take() === false) return false;
      used++;
      return true;
    },
    give() {
      used--;
      whole?.give();
    },
    room: () => Math.min(most - used, whole?.room() ?? Infinity),
  };
}

/** Half of what the kernel lets one user watch (editors and build tools need the rest); no limit where it has none. */
export function readMostWatches(): number {
  return readHalf('max_user_watches');
}

/**
 * So many events in one turn of the event loop that the kernel may have dropped some: it keeps 16,384 (max_queued_events),
 * and libuv (1.x) says nothing when there were more.
 */
export function readFlood(): number {
  return readHalf('max_queued_events');
}

function readHalf(limit: string): number {
  try {
    return Math.floor(Number(readFileSync(`/proc/sys/fs/inotify/${limit}`, 'utf8')) / 2);
  } catch {
    return Infinity;
  }
}
