import { expect, test } from 'vitest';
import { runSteps } from '../../src/apply/runSteps.ts';
import type { TreeStep } from '../../src/plan/step.ts';

const spec = {
  path: '/ws/a',
  repo: '/r',
  branch: 'b',
  base: { kind: 'default' as const },
  setup: [],
  include: [],
  link: [],
};
const step = (id: number, needs: readonly number[]): TreeStep => ({
  id,
  needs,
  kind: 'run-setup',
  pane: `p${id}`,
  spec,
  target: '',
  cause: '',
});
const signal = new AbortController().signal;

test('a step runs after what it needs, and one that fails spoils only what needs it', async () => {
  const ran: number[] = [];
  const results = await runSteps(
    [step(1, []), step(2, [1]), step(3, []), step(4, [2])],
    {
      laneOf: () => ({ lane: 'x', most: 2 }),
      run: (one) => {
        ran.push(one.id);
        return one.id === 1 ? Promise.reject(new Error('no')) : Promise.resolve();
      },
    },
    { signal },
  );
  expect(ran.sort()).toEqual([1, 3]);
  expect([...results.failed.keys()]).toEqual([1]);
  expect([...results.skipped].sort()).toEqual([2, 4]);
});

test('what needs a step that was lost before is skipped, and all that needs it in turn', async () => {
  const ran: number[] = [];
  const results = await runSteps(
    [step(2, [1]), step(3, [2]), step(4, [9])],
    { laneOf: () => ({ lane: 'x', most: 1 }), run: (one) => Promise.resolve(void ran.push(one.id)) },
    { signal, lost: new Set([1]) },
  );
  expect(ran).toEqual([4]);
  expect([...results.skipped].sort()).toEqual([2, 3]);
});

test('no more run at a time than the lane takes', async () => {
  let [now, most] = [0, 0];
  const run = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
  };
  await runSteps(
    [1, 2, 3, 4, 5].map((id) => step(id, [])),
    { laneOf: () => ({ lane: 'setup', most: 2 }), run },
    { signal },
  );
  expect(most).toBe(2);
});
