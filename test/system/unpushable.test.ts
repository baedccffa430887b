import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(SHOP);
});
afterEach(() => bench.dispose());

const SENTENCE = 'the branch "feature/fe" can never be pushed: origin has the branch "feature"';
const onRemote = (...args: string[]): Promise<string> => bench.git(bench.remote, 'branch', ...args);

describe('a branch that can never be pushed', () => {
  test('is named by plan, refused by up before anything is made, and brought up under another name', async () => {
    await onRemote('feature', 'main');
    await bench.git(bench.checkout, 'fetch', '-q');
    expect((await bench.ok('plan', 'shop.yaml')).stdout).toContain(SENTENCE);
    const refused = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(SENTENCE);
    expect(refused.stderr).toContain('branch: feature-fe in the layout');
    expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    expect(existsSync(bench.sandbox.path('home', 'workspaces', 'shop', 'fe'))).toBe(false);
    await bench.layout(SHOP.replace('strategy: component', 'strategy: component\nbranch: "feature-{id}"'));
    await bench.ok('up', 'shop.yaml', '--yes');
    expect((await bench.sessions()).map(({ branch }) => branch).slice(0, 2)).toEqual(['feature-fe', 'feature-be']);
  });

  test('is refused by add and task while the session goes on; a branch that task chooses itself is another one', async () => {
    await bench.ok('up', 'shop.yaml', '--yes');
    await eventually(async () => expect((await bench.sessions())[1]?.agent.state).toEqual(TOLD));
    const before = (await bench.sessions())[1];
    await onRemote('spike', 'main');
    await onRemote('feature/be-clean-up/old', 'main');
    const added = await bench.ct(['add', 'Docs', '--branch', 'spike/docs']);
    expect([added.code, added.stderr]).toEqual([
      1,
      expect.stringContaining('the branch "spike/docs" can never be pushed: origin has the branch "spike"'),
    ]);
    expect((await bench.sessions()).map(({ id }) => id)).toEqual(['fe', 'be', 'server']);
    const named = await bench.ct(['task', 'be', 'Go on', '--branch', 'spike/be']);
    expect([named.code, named.stderr]).toEqual([1, expect.stringContaining('can never be pushed')]);
    const inside = await bench.ct(['task', 'be', 'Go on', '--branch', 'feature/be/more']);
    expect([inside.code, inside.stderr]).toEqual([1, expect.stringContaining('it has the branch "feature/be"')]);
    expect((await bench.sessions())[1]).toMatchObject({
      pane: before?.pane,
      branch: 'feature/be',
      agent: { state: TOLD, session_id: before?.agent.session_id },
    });
    const { stderr } = await bench.ok('task', 'be', 'Clean up');
    expect(stderr).toContain('on the branch feature-be-clean-up');
  });
});
