import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** What this process has started and waits for: ended with it when a signal ends it and something hangs. */
const running = new Set<ChildProcess>();
let onTerminal = 0;

/** Ends with this process from now on, should that be ended. Throws a system error for one that could not be started for want of files. */
export function keepChild<T extends ChildProcess>(child: T): T {
  if (!('stdio' in child)) throw outOfFiles(child);
  running.add(child);
  const forget = (): boolean => running.delete(child);
  child.once('close', forget).once('error', forget);
  return child;
}

/** At EMFILE and ENFILE Node gives a child without streams, and says why a moment later: too late for who would read from it. */
function outOfFiles(child: ChildProcess): Error {
  child.once('error', () => undefined);
  return Object.assign(new Error('EMFILE: too many open files, spawn'), {
    code: 'EMFILE',
    errno: -constants.errno.EMFILE,
    syscall: 'spawn',
  });
}

/** Ends what still runs; called when this process is about to end without waiting for anything. */
export function endChildren(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** While a program of the user's has the terminal, Ctrl-C is its business, and it may take its time with it. */
export async function onTerminalWhile<T>(run: () => Promise<T>): Promise<T> {
  onTerminal++;
  try {
    return await run();
  } finally {
    onTerminal--;
  }
}

/** True while such a program runs. */
export function isTerminalLent(): boolean {
  return onTerminal > 0;
}
