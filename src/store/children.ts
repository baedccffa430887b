import type { ChildProcess } from 'node:child_process';

/** What this process has started and waits for: ended with it when a signal ends it and something hangs. */
const running = new Set<ChildProcess>();
let onTerminal = 0;

/** Ends with this process from now on, should that be ended. */
export function keepChild<T extends ChildProcess>(child: T): T {
  running.add(child);
  const forget = (): boolean => running.delete(child);
  child.once('close', forget).once('error', forget);
  return child;
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
