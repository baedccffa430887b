import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const api = (...args: string[]) => shop.git(shop.spec().path, ...args);

describe('a remote whose default branch is called HEAD', () => {
  it('is cloned, and its branch is the base of new ones, also after a fetch', async () => {
    // `git branch` takes no such name; a push does.
    await shop.git(shop.origin, 'update-ref', 'refs/heads/HEAD', 'refs/heads/main');
    await shop.git(shop.origin, 'symbolic-ref', 'HEAD', 'refs/heads/HEAD');
    await shop.git(shop.origin, 'update-ref', '-d', 'refs/heads/main');
    const report = await shop.clone();
    const tip = await shop.git(shop.origin, 'rev-parse', 'refs/heads/HEAD');
    expect(report).toMatchObject({ branch: 'feature/api', start: 'origin/HEAD' });
    expect([await api('rev-parse', 'HEAD'), await api('rev-parse', 'refs/remotes/origin/HEAD')]).toEqual([tip, tip]);
    await api('fetch', '-q', 'origin');
    expect(await api('rev-parse', 'refs/remotes/origin/HEAD')).toBe(tip);
    expect(await api('status', '--porcelain')).toBe('');
  });
});
