/** One thing that is done again and again, as often as it is asked for and no oftener than it can bear. */
export interface Rhythm {
  /** Asks for it: at once when it rests, else once more afterwards. */
  poke(): void;
  /** Asks for it in so many milliseconds instead of when that was asked for before; null takes it back. */
  pokeIn(wait: number | null): void;
  /** Resolves when it is not going on any more. */
  close(): Promise<void>;
}

/** The shortest rest, in milliseconds; and how many times as long as it took it rests, so that a busy fleet takes half of a core at most. */
const REST_MS = 20;
const REST_TIMES = 1;

/** Never two at once. What `run` throws goes to `onError`, and the next poke tries again. */
export function makeRhythm(run: () => Promise<unknown>, onError: (error: unknown) => void): Rhythm {
  let wanted = false;
  let going: Promise<void> | null = null;
  let rest: NodeJS.Timeout | undefined;
  let later: NodeJS.Timeout | undefined;
  let closed = false;

  const start = (): void => {
    wanted = false;
    const began = performance.now();
    going = run()
      .catch(onError)
      .then(() => {
        going = null;
        if (closed) return;
        rest = setTimeout(
          () => {
            rest = undefined;
            if (wanted) start();
          },
          Math.max(REST_MS, REST_TIMES * (performance.now() - began)),
        );
      });
  };
  const poke = (): void => {
    if (closed) return;
    wanted = true;
    if (going === null && rest === undefined) start();
  };
  return {
    poke,
    pokeIn: (wait) => {
      clearTimeout(later);
      later = wait === null || closed ? undefined : setTimeout(poke, wait);
    },
    close: async () => {
      closed = true;
      clearTimeout(rest);
      clearTimeout(later);
      await going;
    },
  };
}
