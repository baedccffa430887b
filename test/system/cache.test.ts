import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
  await bench.layout(
    [
      'strategy: component',
      `workspace: ${bench.sandbox.path('work')}`,
      'panes:',
      '  - { name: One, component: tests, branch: one, run: sleep 1000 }',
      '',
    ].join('\n'),
  );
});
afterEach(() => bench.dispose());

it('the cache tells who uses a mirror, prunes what no fleet uses, and by age what one does; clones stay whole', async () => {
  expect((await bench.ok('cache', 'ls')).stderr).toContain('the cache is empty');
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  const { mirrors } = JSON.parse((await bench.ok('cache', 'ls', '--json')).stdout) as { mirrors: unknown[] };
  expect(mirrors).toMatchObject([
    { repository: bench.remote, used_by: [expect.stringMatching(/shop/)], held_by: null },
  ]);
  expect((await bench.ok('cache', 'ls')).stdout).toMatch(/KB, .* its own {2}fetched .* used by \S*shop/);
  expect((await bench.ok('cache', 'prune')).stderr).toContain('nothing to remove: every mirror is used');
  expect((await bench.ok('cache', 'prune', '--older-than', '3')).stderr).toContain('none is that old');
  expect((await bench.ok('cache', 'prune', '--older-than', '0d')).stdout).toBe(`removed ${bench.remote}\n`);
  expect(await bench.git(join(bench.sandbox.path('work'), 'one'), 'fsck', '--full', '--no-progress')).toBe('');
  expect((await bench.ok('cache', 'ls')).stderr).toContain('the cache is empty');
});

it('up leaves a clone with work in it as it is, after kill-server and without the cache too', async () => {
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  const clone = join(bench.sandbox.path('work'), 'one');
  await bench.git(clone, 'commit', '-q', '--allow-empty', '-m', 'Mine');
  await bench.git(clone, 'checkout', '-q', '-b', 'elsewhere');
  await writeFile(join(clone, 'README.md'), 'changed\n');
  await writeFile(join(clone, 'new.txt'), 'new\n');
  const facts = () =>
    Promise.all(
      [['status', '--porcelain', '--branch'], ['diff'], ['for-each-ref'], ['reflog']].map((question) =>
        bench.git(clone, ...question),
      ),
    );
  const before = await facts();
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  await rm(bench.sandbox.path('home', '.cache'), { recursive: true });
  await bench.tmux.run('kill-server');
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
  expect(await facts()).toEqual(before);
});

it('what is wrong on the command line is said, and nothing is removed', async () => {
  const { code, stderr } = await bench.ct(['cache', 'clear']);
  expect([code, stderr]).toEqual([2, 'claude-tmux: no cache command "clear"\n  there are ls and prune\n']);
  const age = await bench.ct(['cache', 'prune', '--older-than', 'week']);
  expect([age.code, age.stderr]).toEqual([2, 'claude-tmux: "week" is no number of days\n  write --older-than 14\n']);
});
