import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuseHalfMade } from '../../src/git/refuseHalfMade.ts';
import { mutateGit } from '../../src/git/run/mutate.ts';
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
    await expect(shop.fill({ cacheDir: small })).rejects.toMatchObject({
      hint: 'the disk is full: make room and run the command again',
    });
    await writeFile(join(small, 'other'), '');
    expect(await shop.fill({ cacheDir: small })).toMatchObject({ usable: true });
  });

  it('a fetch that does not fit leaves nothing of its pack', async () => {
    await shop.git(shop.checkout, 'push', '-q', '--force', 'origin', 'HEAD~1:refs/heads/main');
    const { path } = await shop.fill({ cacheDir: small, checkout: null });
    const pack = join(path, 'objects', 'pack');
    await shop.git(shop.checkout, 'push', '-q', '--force', 'origin', 'HEAD:refs/heads/main');
    await disk.fill(300_000);
    await expect(shop.fill({ cacheDir: small, checkout: null })).rejects.toThrow();
    expect((await readdir(pack)).filter((name) => name.startsWith('tmp_'))).toEqual([]);
    expect((await shop.git(path, 'rev-parse', 'main')).trim()).toBe(
      (await shop.git(shop.checkout, 'rev-parse', 'HEAD~1')).trim(),
    );
  });

  it('a clone is made across file systems where it fits', async () => {
    const path = join(small, 'api');
    await mkdir(small, { recursive: true });
    await shop.git(shop.checkout, 'push', '-q', '--force', 'origin', 'HEAD~1:refs/heads/main');
    expect((await shop.clone({ path })).made).toBe(true);
  });
});

describe.skipIf(!canMount())('three clones at once on a disk that holds two of them', () => {
  let shop: Shop;
  let disk: SmallDisk;
  beforeEach(async () => {
    shop = await makeShop();
    disk = await mountSmallDisk('9m');
    await mkdir(join(shop.checkout, 'data'));
    for (let index = 0; index < 30; index++)
      await writeFile(join(shop.checkout, 'data', `${index}`), randomBytes(100_000));
    await shop.git(shop.checkout, 'add', '-A');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Data');
    await shop.git(shop.checkout, 'push', '-q');
  });
  afterEach(async () => {
    await disk.dispose();
    await shop.dispose();
  });

  it('are whole or not there, and the missing ones are made when there is room', async () => {
    const paths = ['one', 'two', 'three'].map((name) => join(disk.path, 'workspace', name));
    const mirror = await shop.fill();
    const made = await Promise.allSettled(paths.map((path) => shop.clone({ path }, { mirror })));
    const failed = made.flatMap((result, at) => (result.status === 'rejected' ? [paths[at] ?? ''] : []));
    expect(failed.length).toBeGreaterThan(0);
    for (const path of paths) {
      if (failed.includes(path)) expect(existsSync(path)).toBe(false);
      else expect(await shop.git(path, 'status', '--porcelain')).toBe('');
    }
    spawnSync('mount', ['-o', 'remount,size=40m', disk.path]);
    for (const path of failed) await shop.clone({ path }, { mirror });
    for (const path of paths) expect(await shop.git(path, 'status', '--porcelain')).toBe('');
  });

  it('a checkout that writes a part of the files and ends with 0 is a failure', async () => {
    const path = join(disk.path, 'api');
    await shop.clone({ path });
    await shop.git(path, 'checkout', '-q', '--orphan', 'empty');
    await shop.git(path, 'rm', '-rfq', '.');
    await shop.git(path, 'commit', '-q', '--allow-empty', '-m', 'Empty');
    await disk.fill();
    await expect(mutateGit(['checkout', 'feature/api', '--'], { cwd: path, env: shop.env })).rejects.toThrow(
      /unable to (write|create)|No space left/,
    );
  });
});

describe('a tree that has just been checked out', () => {
  it('is refused where a file is not what git writes, and not where git itself calls it changed', async () => {
    const shop = await makeShop();
    try {
      await shop.clone();
      const { path } = shop.spec();
      await refuseHalfMade(path, shop.env);
      await writeFile(join(path, '.gitattributes'), '*.crlf text eol=lf\n');
      await writeFile(join(path, 'x.crlf'), 'a\r\n');
      await shop.git(path, '-c', 'core.safecrlf=false', 'add', '.gitattributes');
      const id = (await shop.git(path, 'hash-object', '-w', '--no-filters', 'x.crlf')).trim();
      await shop.git(path, 'update-index', '--add', '--cacheinfo', `100644,${id},x.crlf`);
      await refuseHalfMade(path, shop.env);
      await writeFile(join(path, 'src', 'a.txt'), '');
      await expect(refuseHalfMade(path, shop.env)).rejects.toThrow('unable to write 1 file, src/a.txt first');
    } finally {
      await shop.dispose();
    }
  });
});
