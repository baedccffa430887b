interface Patience {
  /** Milliseconds until the last failure is thrown; the default is meant for two busy cores. */
  readonly within?: number;
}

const PAUSE_MS = 20;

/** Runs `check` until it no longer throws and gives its value; after `within` ms its last error is thrown as it was. */
export async function eventually<T>(check: () => T | Promise<T>, { within = 10_000 }: Patience = {}): Promise<T> {
  const end = Date.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() >= end) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
