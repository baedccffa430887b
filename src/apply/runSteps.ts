/** What the order of running needs to know of a step. */
export interface Runnable {
  readonly id: number;
  readonly needs: readonly number[];
}

export interface StepRunner<S extends Runnable> {
  /** Steps of the same lane run at most `most` at a time. */
  laneOf(step: S): { readonly lane: string; readonly most: number };
  run(step: S): Promise<void>;
}

export interface StepResults {
  readonly done: ReadonlySet<number>;
  /** Steps that ended badly, with why. */
  readonly failed: ReadonlyMap<number, unknown>;
  /** Steps that were not tried because one they need failed, or because of an interrupt. */
  readonly skipped: ReadonlySet<number>;
}

export interface RunOptions {
  readonly signal: AbortSignal;
  /** Ids of steps, run before these, that came to nothing. */
  readonly lost?: ReadonlySet<number>;
}

/** Runs steps as soon as what they need is done, side by side within each lane's limit. One that fails spoils only what needs it. */
export async function runSteps<S extends Runnable>(
  steps: readonly S[],
  runner: StepRunner<S>,
  { signal, lost = new Set() }: RunOptions,
): Promise<StepResults> {
  const results = { done: new Set<number>(), failed: new Map<number, unknown>(), skipped: new Set<number>() };
  const waiting = new Set(steps);
  const known = new Set(steps.map((step) => step.id));
  const busy = new Map<string, number>();
  const running = new Set<Promise<void>>();

  const start = (step: S, lane: string): void => {
    waiting.delete(step);
    busy.set(lane, (busy.get(lane) ?? 0) + 1);
    const run: Promise<void> = runner
      .run(step)
      .then(() => void results.done.add(step.id))
      .catch((error: unknown) => void results.failed.set(step.id, error))
      .finally(() => {
        busy.set(lane, (busy.get(lane) ?? 1) - 1);
        running.delete(run);
      });
    running.add(run);
  };

  while (waiting.size > 0 || running.size > 0) {
    for (const step of [...waiting]) {
      if (
        signal.aborted ||
        step.needs.some((id) => lost.has(id) || results.failed.has(id) || results.skipped.has(id))
      ) {
        waiting.delete(step);
        results.skipped.add(step.id);
        continue;
      }
      const { lane, most } = runner.laneOf(step);
      // Needs outside this list were met before, unless they are lost.
      if (step.needs.every((id) => results.done.has(id) || !known.has(id)) && (busy.get(lane) ?? 0) < most)
        start(step, lane);
    }
    if (running.size > 0) await Promise.race(running);
    else if (waiting.size > 0)
      throw new Error(`steps wait for each other: ${[...waiting].map((step) => step.id).join(', ')}`);
  }
  return results;
}
