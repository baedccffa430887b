import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canMount, mountSmallDisk, type SmallDisk } from '../support/smallDisk.ts';
import { makeShop, type Shop } from './fixture.ts';

describe.skipIf(!canMount())('on a file system of one megabyte', () => {
  let shop: Shop;
  let disk: SmallDisk;
  let small: string;
  beforeEach(async () => {
    shop = await makeShop();
    disk = await mountSmallDisk('1m');
    small = disk.path;
    await writeFile(join(shop.checkout, 'large'), randomBytes(900_000));
    await shop.git(shop.checkout, 'add', '-A');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Large');
    await shop.git(shop.checkout, 'push', '-q');
  });
  afterEach(async () => {
    await disk.dispose();
    await shop.dispose();
  });

  it('a clone that does not fit says that the disk is full, and leaves nothing', async () => {
    const path = join(small, 'workspace', 'api');
    const full = shop.clone({ path });
    await expect(full).rejects.toThrow(`the clone "${path}" of`);
    await expect(full).rejects.toMatchObject({ hint: 'the disk is full: make room and run the command again' });
    expect(await readdir(join(small, 'workspace'))).toEqual([]);
  });

  it('a mirror that does not fit says so, and is no trouble once there is room', async () => {
    await writeFile(join(small, 'other'), randomBytes(700_000));
    await expect(shop.fill({ cacheDir: small })).rejects.toMatchObject({ hint: 'the disk is full: make room and run the command again' });
    await writeFile(join(small, 'other'), '');
    expect(await shop.fill({ cacheDir: small })).toMatchObject({ usable: true });
  });

  it('a clone is made across file systems where it fits', async () => {
    const path = join(small, 'api');
    await mkdir(small, { recursive: true });
    await shop.git(shop.checkout, 'push', '-q', '--force', 'origin', 'HEAD~1:refs/heads/main');
    expect((await shop.clone({ path })).made).toBe(true);
  });
});
