import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => (bench = await makeBench()));
afterEach(() => bench.dispose());

it('ls --closed names archives whose fleet has no record any more', async () => {
  await bench.layout(
    'name: shop\nstrategy: component\npanes:\n  - { name: keep, component: web, run: sleep 100000, branch: work/keep }\n  - { name: mine, component: web, run: sleep 100000, branch: work/mine }\n',
  );
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  await bench.ok('close', 'mine', '--yes');
  await rm(join(bench.sandbox.home, '.local', 'state', 'claude-tmux', 'v1', 'fleets'), { recursive: true });
  const { stdout, stderr } = await bench.ok('ls', '--closed');
  expect(stdout).toMatch(/^mine-\d{8}T\d{6}Z {2}shop +.* of no fleet here\n$/);
  expect(stderr).toMatch(/no fleet here has closed these[^]*\n {2}\/.*\/\.closed\/mine-\d{8}T\d{6}Z\n/);
  expect(JSON.parse((await bench.ok('ls', '--closed', '--json')).stdout)).toMatchObject({
    closed: [{ id: 'mine', recorded: false, unmerged: true }],
  });
  expect((await bench.ok('prune', '--older-than', '0d')).stderr).toContain('nothing was closed');
});
