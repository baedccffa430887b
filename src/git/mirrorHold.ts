import { withLock } from '../store/lock.ts';

/** A large first fetch over a slow line may take this long; who waits is told whom for. */
const PATIENCE_MS = 60 * 60_000;

interface Hold {
  users: number;
  readonly taken: Promise<void>;
  readonly release: () => void;
  readonly ended: Promise<void>;
}

/** Mirrors whose lock this process holds for clones that are being linked; the lock file itself knows processes, not their tasks. */
const holds = new Map<string, Hold>();

interface How {
  /** Completes "another claude-tmux is …". */
  readonly what: string;
  readonly onLine: (line: string) => void;
  /** How long to wait for another owner, in milliseconds; default an hour. */
  readonly timeoutMs?: number;
}

/** Runs `run` as the only one that changes the mirror at `path`. */
export async function withMirrorLock<T>(path: string, how: How, run: () => Promise<T>): Promise<T> {
  return withLock(
    `${path}.lock`,
    { timeoutMs: how.timeoutMs ?? PATIENCE_MS, what: how.what, onWait: (message) => how.onLine(`waiting: ${message}`) },
    run,
  );
}

/**
 * Runs `run` while no other process changes the mirror at `path`; clones of this process may run side by side. A fetch writes
 * packs under temporary names: a clone that lists the folder meanwhile dies of a file that is gone when it links it.
 */
export async function withMirrorHeld<T>(
  path: string,
  onLine: (line: string) => void,
  run: () => Promise<T>,
): Promise<T> {
  const hold = holds.get(path) ?? takeHold(path, onLine);
  hold.users++;
  try {
    await hold.taken;
    return await run();
  } finally {
    hold.users--;
    if (hold.users === 0) {
      holds.delete(path);
      hold.release();
      await hold.ended.catch(() => undefined);
    }
  }
}

function takeHold(path: string, onLine: (line: string) => void): Hold {
  let release = (): void => undefined;
  let opened = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const open = new Promise<void>((resolve) => (opened = resolve));
  const ended = withMirrorLock(path, { what: 'making clones', onLine }, async () => {
    opened();
    await released;
  });
  // Settles when the lock is ours, or with the error of not getting it.
  const hold = { users: 0, taken: Promise.race([open, ended]), release, ended };
  hold.taken.catch(() => undefined);
  holds.set(path, hold);
  return hold;
}
