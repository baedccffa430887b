import { endChildren, isTerminalLent } from '../store/children.ts';

/** How long what is half-done may be undone after a signal, in milliseconds; a watcher takes its bar off the server first. */
const PATIENCE_MS = 1500;
const WATCHER_PATIENCE_MS = 8000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Aborts at the first signal, so that what is half-done is undone and said; ends the process a moment later whatever hangs, and at a second signal
 * at once. It ends by the signal itself (128 + its number for a shell): `exit` would wait for reads that hang in Node's thread pool.
 */
export function abortOnSignals(program: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  const patience = program.argv[2] === 'watch' ? WATCHER_PATIENCE_MS : PATIENCE_MS;
  const die = (signal: NodeJS.Signals): void => {
    endChildren();
    for (const name of SIGNALS) program.removeAllListeners(name);
    program.kill(program.pid, signal);
  };
  const stop = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      die(signal);
      return;
    }
    controller.abort();
    // Ctrl-C in a shell or an editor that was opened from here is that program's.
    if (signal === 'SIGINT' && isTerminalLent()) return;
    setTimeout(() => die(signal), patience).unref();
  };
  for (const name of SIGNALS) program.on(name, stop);
  return controller.signal;
}
