import { expect, it } from 'vitest';
import { gapAfter, gapAfterSilence, pollGap } from '../../src/watch/pace.ts';
import { makeTurns } from '../../src/watch/turns.ts';

const limits = {
  timeoutMs: 10_000,
  leadMs: 25,
  gapMs: 1000,
  share: 20,
  pollMs: 5000,
  foldersInTree: 4000,
  folders: 10_000,
};
const polls = (spentMs: number) =>
  [0, 1, 2, 5, 6, 7, 50].map((unchanged) => Math.round(pollGap(unchanged, { spentMs, limits }) / 100) / 10);

it('between two questions lie a second, or twenty times what the answer took', () => {
  expect([4, 50, 200, 3000].map((spentMs) => gapAfter(spentMs, limits))).toEqual([1000, 1000, 4000, 60_000]);
});

it('what cannot be watched is asked less and less often while nothing changes, and never for more than its share', () => {
  expect(polls(4)).toEqual([5, 7.5, 11.3, 38, 57, 60, 60]);
  expect(polls(1000)).toEqual([20, 20, 20, 38, 57, 60, 60]);
  expect(polls(9000)).toEqual([180, 180, 180, 180, 180, 180, 180]);
});

it('a git that is silent is asked again after twice as long each time', () => {
  expect([1, 2, 3, 6, 60].map((silent) => gapAfterSilence(silent, limits) / 1000)).toEqual([10, 20, 40, 320, 320]);
});

/** Work that ends when it is told to. */
function openEnded() {
  const ends: (() => void)[] = [];
  return { run: () => new Promise<void>((resolve) => ends.push(resolve)), ends };
}

it('two have their turn at once, a slow one lends its turn, and no more than the most run', async () => {
  const takeTurn = makeTurns({ atOnce: 2, lentMs: 5, most: 4 });
  const { run, ends } = openEnded();
  const all = Array.from({ length: 6 }, () => takeTurn(run));
  expect(ends.length).toBe(2);
  await expect.poll(() => ends.length).toBe(4);
  ends[0]?.();
  await expect.poll(() => ends.length).toBe(5);
  ends.forEach((end) => end());
  await expect.poll(() => ends.length).toBe(6);
  ends[5]?.();
  await Promise.all(all);
  await expect(takeTurn(() => Promise.reject(new Error('of its own')))).rejects.toThrow('of its own');
  await takeTurn(() => Promise.resolve());
});
