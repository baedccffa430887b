import { appendFileSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { eventually } from '../support/eventually.ts';
import { git } from '../support/repo.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { followed, makeClones, type Followed } from './followed.ts';

let sandbox: Sandbox;
let clones: readonly string[];
let live: Followed;
beforeEach(async () => {
  ({ sandbox, clones } = await makeClones(2));
  live = await followed(clones, { env: sandbox.env });
});
afterEach(async () => {
  live.trees.close();
  await sandbox.dispose();
});

/** The same numbers for the same seed (mulberry32), so that a failure comes again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const FOLDERS = [
  '.',
  'src',
  'src/deep',
  'src/deep/er',
  'docs',
  'new',
  'new/er',
  'new/er/still',
  'node_modules',
  'node_modules/x',
];
const quietly = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    () => undefined,
  );

/** One random thing that an agent may do; what cannot be done just now is left. */
function act(clone: string, pick: (below: number) => number): Promise<void> {
  const folder = join(clone, FOLDERS[pick(FOLDERS.length)] ?? '');
  const file = join(folder, ['a.txt', 'b.txt', 'c.txt', 'x.log', 'new.txt'][pick(5)] ?? '');
  const acts: readonly (() => Promise<unknown>)[] = [
    () => appendFile(file, 'more\n'),
    () => writeFile(file, `${pick(1000)}\n`),
    () => rm(file, { force: true }),
    () => mkdir(folder, { recursive: true }),
    () => (folder.includes('er') ? rm(folder, { recursive: true, force: true }) : Promise.resolve()),
    () => rename(folder, join(clone, `moved${pick(3)}`)),
    () => rename(join(clone, `moved${pick(3)}`), folder),
    () => git(clone, ['add', '-A'], sandbox.env),
    () => git(clone, ['commit', '-qam', 'Work'], sandbox.env),
    () => git(clone, ['checkout', '-q', '-B', `branch/${pick(3)}`], sandbox.env),
    () => git(clone, ['reset', '-q', '--hard', 'origin/main'], sandbox.env),
    () => git(clone, ['stash', '-q', '-u'], sandbox.env),
    () => writeFile(join(clone, '.gitignore'), pick(2) === 0 ? '' : 'node_modules/\n*.log\n'),
  ];
  return quietly((acts[pick(acts.length)] ?? acts[0])?.() ?? Promise.resolve());
}

it.each([1, 2])(
  'after settle every reading is what git says, whatever 200 random things were done before (seed %i)',
  async (seed) => {
    const pick = random(seed);
    for (let step = 0; step < 200; step++) {
      const clone = clones[pick(clones.length)] ?? '';
      await act(clone, pick);
      await live.trees.settle();
      const reading = live.trees.reading(clone);
      expect({ step, reading }).toEqual({
        step,
        reading: { status: await readTreeStatus(clone, { base: null, env: sandbox.env }) },
      });
    }
    expect(live.problems).toEqual([]);
  },
);

it('a change that was made in the same turn of the event loop is in the reading too', async () => {
  const [clone = ''] = clones;
  for (const name of ['README.md', 'src/a.txt', 'src/deep/er/c.txt', 'docs/d.txt', 'docs/new.txt', 'src/new.txt']) {
    appendFileSync(join(clone, name), 'more\n');
    await live.exact(clone);
  }
});

it('settle waits for no change that is made after it was called', async () => {
  const [clone = ''] = clones;
  const over = new AbortController();
  const writing = (async () => {
    for (let count = 0; !over.signal.aborted; count++) await writeFile(join(clone, 'src/a.txt'), `${count}\n`);
  })();
  await eventually(() => expect(live.trees.reading(clone)).toMatchObject({ status: { changes: 1 } }));
  await live.trees.settle();
  over.abort();
  await writing;
});

it('no watch is left when the following ends, whatever was being asked', async () => {
  const [clone = ''] = clones;
  const watches = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;
  const before = watches();
  for (let ms = 0; ms < 40; ms += 2) {
    const others = await followed(clones, { env: sandbox.env });
    others.trees.follow([]);
    others.trees.follow([{ path: clone, base: null }]);
    await pause(ms);
    others.trees.close();
  }
  await eventually(() => expect(watches()).toBe(before));
});
