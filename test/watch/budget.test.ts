import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';
import { followed, makeClones, type Followed } from './followed.ts';

let sandbox: Sandbox;
let clones: readonly string[];
let live: Followed | null = null;
beforeEach(async () => {
  ({ sandbox, clones } = await makeClones(3));
});
afterEach(async () => {
  live?.trees.close();
  live = null;
  await sandbox.dispose();
});

const edit = (clone = '') => writeFile(join(clone, 'src/deep/er/c.txt'), 'edited\n');

it('what does not fit into the budget is asked: at settle, and by and by', async () => {
  live = await followed(clones, { env: sandbox.env, limits: { folders: 20, pollMs: 100 } });
  for (const clone of clones) {
    await edit(clone);
    await live.exact(clone, { changes: 1 });
    await writeFile(join(clone, 'docs/new.txt'), '');
    await live.told(clone, { changes: 2 });
  }
  expect(live.problems).toEqual([]);
});

it('a tree with too many folders is asked, and its git folder is watched all the same', async () => {
  live = await followed(clones, { env: sandbox.env, limits: { foldersInTree: 9 } });
  const [clone = ''] = clones;
  await edit(clone);
  await live.exact(clone, { changes: 1 });
  await writeFile(join(clone, '.git', 'info', 'exclude'), 'docs/\n');
  await live.told(clone);
});

it('when there is room again at a sweep, it is watched again', async () => {
  live = await followed(clones, { env: sandbox.env, limits: { folders: 20 } });
  const [first = '', , last = ''] = clones;
  live.trees.follow([{ path: last, base: null }]);
  live.trees.sweep();
  await live.trees.settle();
  await edit(last);
  await live.told(last, { changes: 1 });
  live.trees.follow([first, last].map((path) => ({ path, base: null })));
  await live.exact(first, { changes: 0 });
});

it('a folder that is left, and whole trees, give their part of the budget back', async () => {
  live = await followed(clones.slice(0, 1), { env: sandbox.env, limits: { folders: 20 } });
  const [clone = ''] = clones;
  for (let round = 0; round < 12; round++) {
    await mkdir(join(clone, 'new/er'), { recursive: true });
    await live.exact(clone);
    await rm(join(clone, 'new'), { recursive: true });
    await live.exact(clone);
    live.trees.follow([]);
    live.trees.follow([{ path: clone, base: null }]);
    await live.exact(clone);
  }
  await writeFile(join(clone, 'docs/new.txt'), '');
  await live.told(clone, { untracked: 1 });
});

const run = promisify(execFile);
/** A namespace of one's own has a watch table of its own; without permission to make one there is nothing to try. */
const mayHaveNamespace = await run('unshare', ['-Ur', 'sh', '-c', 'echo 12 > /proc/sys/user/max_inotify_watches']).then(
  () => true,
  () => false,
);

it.skipIf(!mayHaveNamespace)(
  'when the kernel has no more watches (ENOSPC) trees are asked, and nothing ends',
  async () => {
    const script = join(ROOT, 'test/watch/fullTable.mjs');
    const inNamespace = `echo 12 > /proc/sys/user/max_inotify_watches; exec "${process.execPath}" "${script}" "$@"`;
    const { stdout } = await run('unshare', ['-Ur', 'sh', '-c', inNamespace, 'sh', ...clones], { env: sandbox.env });
    const counts = JSON.parse(stdout) as unknown;
    expect(counts).toEqual(clones.map(() => [0, 1, 2]));
  },
);

it('without a single watch every tree is asked by and by', async () => {
  live = await followed(clones, { env: sandbox.env, limits: { folders: 0, pollMs: 50 } });
  for (const clone of clones) await edit(clone);
  await eventually(() =>
    clones.forEach((clone) => expect(live?.trees.reading(clone)).toMatchObject({ status: { changes: 1 } })),
  );
});
