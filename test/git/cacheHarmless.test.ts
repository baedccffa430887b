import { access, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { output } from '../support/run.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
let mirror: string;
beforeEach(async () => {
  shop = await makeShop();
  mirror = (await shop.fill()).path;
});
afterEach(() => shop.dispose());

const clone = () => shop.spec().path;
const collect = async (where: string) => {
  await shop.git(where, 'reflog', 'expire', '--expire=now', '--expire-unreachable=now', '--all');
  await shop.git(where, 'gc', '-q', '--prune=now');
};

/** Everything a clone has at risk: a commit of its own, a staged file, a changed one, a new one. */
async function work(): Promise<void> {
  await shop.git(clone(), 'commit', '-q', '--allow-empty', '-m', 'Mine');
  await writeFile(join(clone(), 'src', 'a.txt'), 'changed\n');
  await writeFile(join(clone(), 'staged.txt'), 'staged\n');
  await shop.git(clone(), 'add', 'staged.txt');
  await writeFile(join(clone(), 'new.txt'), 'new\n');
}

/** Refs with their history, changes, and whether git finds every object whole. */
async function facts(): Promise<string> {
  const questions = [
    ['log', '--all', '--format=%H %D', '--decorate=full'],
    ['status', '--porcelain'],
    ['diff', 'HEAD'],
    ['fsck', '--full', '--no-dangling', '--no-progress'],
  ];
  const answers = await Promise.all(questions.map((question) => shop.git(clone(), ...question)));
  return answers.join('\n');
}

describe('a clone with work in it is the same after', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['the cache was deleted', () => rm(shop.path('cache'), { recursive: true })],
    ['git gc --prune=now in the mirror', () => collect(mirror)],
    ['the mirror was repacked', () => shop.git(mirror, 'repack', '-a', '-d', '-f', '-q')],
    [
      'a branch was force-pushed and another deleted upstream, and the mirror followed and collected',
      async () => {
        await shop
          .git(shop.origin, 'commit-tree', 'main^{tree}', '-m', 'Another history')
          .then((commit) => shop.git(shop.origin, 'update-ref', 'refs/heads/main', commit));
        await shop.git(shop.origin, 'branch', '-D', 'existing');
        await shop.git(shop.origin, 'tag', '-d', 'v1');
        await shop.fill();
        await collect(mirror);
      },
    ],
  ])('%s', async (_what, happen) => {
    await shop.clone();
    await work();
    const before = await facts();
    await happen();
    expect(await facts()).toBe(before);
  });

  it('git gc --prune=now in itself, and the mirror and other clones are too', async () => {
    await shop.clone();
    await shop.clone({ path: shop.path('work space', 'other'), branch: 'feature/other' });
    await shop.git(clone(), 'branch', '-r', '-d', 'origin/existing');
    await collect(clone());
    for (const where of [clone(), mirror, shop.path('work space', 'other')])
      expect(await shop.git(where, 'fsck', '--full', '--no-dangling', '--no-progress')).toBe('');
    await shop.clone({ path: shop.path('work space', 'third'), branch: 'feature/third' });
    expect(await shop.git(shop.path('work space', 'third'), 'fsck', '--full', '--no-progress')).toBe('');
  });
});

describe('a mirror', () => {
  it('forgets what upstream has forgotten, and clones made before do not', async () => {
    await shop.clone({ branch: 'existing' });
    await shop.git(shop.origin, 'branch', '-D', 'existing');
    expect((await shop.fill()).branches).toEqual(['main']);
    expect(await shop.git(clone(), 'log', '-1', '--format=%s')).toBe('On a branch');
  });

  it('that lacks the content of a file is noticed when a clone is made', async () => {
    await repackWithout(await shop.git(mirror, 'rev-parse', 'main:src/a.txt'));
    const { notes } = await shop.clone();
    expect(notes).toEqual([
      `the mirror "${mirror}" was damaged and is removed; the clone came from the repository itself`,
    ]);
    expect(await shop.git(clone(), 'status', '--porcelain')).toBe('');
    expect(await shop.git(clone(), 'fsck', '--full', '--no-progress')).toBe('');
    await expect(access(mirror)).rejects.toThrow('ENOENT');
  });

  it('with many packs and loose refs is tidied by the fetch that follows', async () => {
    for (let number = 0; number < 45; number++) {
      await shop.git(shop.origin, 'branch', `many/${number}`, 'main');
      const commit = await shop.git(shop.origin, 'commit-tree', 'main^{tree}', '-p', 'main', '-m', `Commit ${number}`);
      await shop.git(shop.origin, 'update-ref', `refs/heads/many/${number}`, commit);
      await shop.git(
        mirror,
        '-c',
        'fetch.unpackLimit=1',
        'fetch',
        '-q',
        shop.origin,
        `+refs/heads/many/${number}:refs/heads/many/${number}`,
      );
    }
    expect(
      (await readdir(join(mirror, 'objects', 'pack'))).filter((name) => name.endsWith('.pack')).length,
    ).toBeGreaterThan(40);
    await shop.fill();
    expect((await readdir(join(mirror, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))).toHaveLength(1);
    expect(await shop.git(mirror, 'fsck', '--full', '--no-dangling', '--no-progress')).toBe('');
  });
});

/** A mirror's objects in one pack, less one of them. */
async function repackWithout(lost: string): Promise<void> {
  const packs = join(mirror, 'objects', 'pack');
  const before = await readdir(packs);
  const ids = (await shop.git(mirror, 'rev-list', '--objects', '--all')).split('\n').map((line) => line.slice(0, 40));
  const input = ids
    .filter((id) => id !== lost)
    .map((id) => `${id}\n`)
    .join('');
  await output('git', ['pack-objects', '-q', join(packs, 'pack')], { env: shop.env, cwd: mirror, input });
  for (const name of before) await rm(join(packs, name));
}
