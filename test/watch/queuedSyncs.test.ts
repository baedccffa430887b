import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SHOP } from '../system/fleet.ts';
import { eventually } from '../support/eventually.ts';
import { makeWatched, type Watched } from './watched.ts';

let shop: Watched;
beforeEach(async () => {
  shop = await makeWatched();
  await shop.layout(SHOP);
});
afterEach(() => shop.dispose());

it('a sync asked for with --when-idle is done by the watcher once the clone is clean', async () => {
  await shop.ok('up', 'shop.yaml', '--yes');
  await shop.shows(/feature\/fe/);
  await writeFile(join(shop.checkout, 'later.txt'), 'later\n');
  await shop.git(shop.checkout, 'add', '-A');
  await shop.git(shop.checkout, 'commit', '-q', '-m', 'Later');
  await shop.git(shop.checkout, 'push', '-q', 'origin', 'HEAD:main');
  const tip = await shop.git(shop.checkout, 'rev-parse', 'HEAD');
  await writeFile(join(shop.clone('fe'), 'README.md'), 'half\n');
  await shop.shows(/feature\/fe ±1\b/);
  expect((await shop.ct(['sync', 'fe', '--when-idle'])).stdout).toContain('waits until it is idle');
  expect(await shop.git(shop.clone('fe'), 'rev-parse', 'HEAD')).not.toBe(tip);
  await shop.git(shop.clone('fe'), 'checkout', '-q', 'README.md');
  await eventually(async () => expect(await shop.git(shop.clone('fe'), 'rev-parse', 'HEAD')).toBe(tip), {
    within: 30_000,
  });
  await eventually(async () => expect((await shop.sessions()).find(({ id }) => id === 'fe')?.synced_at).not.toBeNull());
});
