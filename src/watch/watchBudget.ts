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
  try {
    return Math.floor(Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8')) / 2);
  } catch {
    return Infinity;
  }
}
