import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pruneMirror, readMirrors } from '../../src/git/mirrorCache.ts';
import { withMirrorHeld } from '../../src/git/mirrorHold.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const cache = () => shop.path('cache');

describe('the mirrors in the cache', () => {
  it('are none where there is no cache', async () => {
    expect(await readMirrors(cache())).toEqual([]);
  });

  it('are told with repository, last fetch, and the part of their size that no clone has as well', async () => {
    const before = Date.now();
    const { path } = await shop.fill();
    const [alone] = await readMirrors(cache());
    expect(alone).toMatchObject({ path, repo: shop.origin, holder: null });
    expect(alone?.fetchedAt).toBeGreaterThanOrEqual(before);
    expect(alone?.ownBytes).toBe(alone?.bytes);
    await shop.clone();
    const [shared] = await readMirrors(cache());
    expect(shared?.ownBytes).toBeLessThan(shared?.bytes ?? 0);
  });

  it("name no password, and are filled by way of the user's insteadOf", async () => {
    await shop.git(
      shop.checkout,
      'config',
      '--global',
      `url.${shop.path('servers')}/.insteadOf`,
      'https://me:s3cret@nowhere.invalid/',
    );
    await shop.fill({ repo: 'https://me:s3cret@nowhere.invalid/o\'r "q" #{x} y.git', checkout: null });
    const mirrors = await readMirrors(cache());
    expect(mirrors).toMatchObject([{ repo: 'https://***@nowhere.invalid/o\'r "q" #{x} y.git' }]);
    expect(JSON.stringify(mirrors)).not.toContain('s3cret');
  });

  it('are told of even when their note is damaged', async () => {
    const { path } = await shop.fill();
    await writeFile(join(path, 'claude-tmux.json'), '{');
    expect(await readMirrors(cache())).toMatchObject([{ path, repo: null, fetchedAt: null }]);
  });
});

describe('pruning', () => {
  it('removes a mirror with what killed processes left beside it, and nothing else', async () => {
    const { path } = await shop.fill();
    await mkdir(`${path}.new-abc`);
    await writeFile(shop.path('cache', 'mirrors', 'mine.txt'), '');
    expect(await pruneMirror(path)).toBe(true);
    expect(await readdir(shop.path('cache', 'mirrors'))).toEqual(['mine.txt']);
  });

  it('removes what is left of a mirror that never came to be', async () => {
    await mkdir(shop.path('cache', 'mirrors', 'shop-1.git.new-abc'), { recursive: true });
    const [left] = await readMirrors(cache());
    expect(left).toMatchObject({ path: shop.path('cache', 'mirrors', 'shop-1.git'), repo: null, bytes: 0 });
    expect(await pruneMirror(left?.path ?? '')).toBe(true);
    expect(await readMirrors(cache())).toEqual([]);
  });

  it('keeps one that clones are being made from', async () => {
    const { path } = await shop.fill();
    await withMirrorHeld(
      path,
      () => undefined,
      async () => {
        expect(await pruneMirror(path)).toBe(false);
        expect(await readMirrors(cache())).toMatchObject([{ holder: { pid: process.pid, what: 'making clones' } }]);
      },
    );
    await access(path);
    expect(await pruneMirror(path)).toBe(true);
  });
});
