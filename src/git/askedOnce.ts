/** Answers that hold for many trees, each asked for once. Made anew for each run: nothing in it outlives what it was read from. */
export interface AskedOnce<T> {
  /** `key` says all that the answer depends on. An answer that could not be had is forgotten: the next who asks tries again. */
  ask(key: string, read: () => Promise<T>): Promise<T>;
  /** What has been answered so far, and what is being. */
  all(): readonly Promise<T>[];
}

export function makeAskedOnce<T>(): AskedOnce<T> {
  const answers = new Map<string, Promise<T>>();
  return {
    ask: (key, read) => {
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = read();
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      return answer;
    },
    all: () => [...answers.values()],
  };
}
