interface Patience {
  /** Milliseconds until the last failure is thrown; the default is meant for two busy cores. */
  readonly within?: number;
}

const PAUSE_MS = 20;

/**
 * Runs `check` until it no longer throws and gives its value; after `within` ms its last error is thrown as it was. It rests as long
 * as it took: who waits takes no more than half a processor from what is waited for.
 */
export async function eventually<T>(check: () => T | Promise<T>, { within = 30_000 }: Patience = {}): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    const began = performance.now();
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.max(PAUSE_MS, performance.now() - began)));
    }
  }
}
