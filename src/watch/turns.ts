export interface TurnOptions {
  /** How many may run side by side. */
  readonly atOnce: number;
  /** Milliseconds after which one that still runs no longer keeps the next from its turn. */
  readonly lentMs: number;
  /** How many may run in all, those that are slow included. */
  readonly most: number;
}

/** Runs what it is given when its turn has come, first come first served: one slow clone does not hold up the others. */
export function makeTurns({ atOnce, lentMs, most }: TurnOptions): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let quick = 0;
  let running = 0;
  const next = (): void => {
    while (quick < atOnce && running < most && waiting.length > 0) waiting.shift()?.();
  };
  const started = <T>(run: () => Promise<T>): Promise<T> => {
    quick++;
    running++;
    let isQuick = true;
    const slow = (): void => {
      if (isQuick) quick--;
      isQuick = false;
      next();
    };
    const timer = setTimeout(slow, lentMs);
    return run().finally(() => {
      clearTimeout(timer);
      running--;
      slow();
    });
  };
  return (run) =>
    new Promise((resolve, reject) => {
      waiting.push(() => {
        started(run).then(resolve, reject);
      });
      next();
    });
}
