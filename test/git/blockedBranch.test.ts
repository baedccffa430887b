import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { findBlocking, otherName } from '../../src/git/blockedBranch.ts';
import { switchBranch } from '../../src/git/switchBranch.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

/** A branch of origin that somebody else has pushed. */
const onOrigin = (name: string): Promise<string> => shop.git(shop.origin, 'branch', name, 'main');
const fetched = (): Promise<string> => shop.git(shop.checkout, 'fetch', '-q');

describe('a branch is called unpushable when, and only when, the remote refuses it for good', () => {
  it.each([
    ['feature', 'feature/api'],
    ['shop/plan/x', 'shop/plan'],
    ['a/b/c', 'a'],
    ['feature', 'feature-api'],
    ['feature', 'features/api'],
    ['feature/web', 'feature/api'],
    ['feature/api', 'feature/api'],
    ['Feature', 'feature/api'],
  ])('origin has %s, the branch is %s', async (theirs, branch) => {
    await onOrigin(theirs);
    const isTaken = await shop.git(shop.checkout, 'push', '-q', 'origin', `HEAD:refs/heads/${branch}`).then(
      () => false,
      () => true,
    );
    expect(findBlocking(branch, ['main', theirs]) !== null).toBe(isTaken);
    const other = otherName(branch, ['main', theirs]);
    expect(isTaken ? await shop.git(shop.checkout, 'push', '-q', 'origin', `HEAD:refs/heads/${other}`) : '').toBe('');
  });
});

describe('a branch that can never be pushed is refused before its tree is made', () => {
  it.each([
    { theirs: 'feature', hint: 'feature-api' },
    { theirs: 'feature/api/old', hint: 'feature-api' },
  ])('in a clone, from the mirror and without one (origin has $theirs)', async ({ theirs, hint }) => {
    await onOrigin(theirs);
    const mirror = await shop.fill();
    const message = `the branch "feature/api" can never be pushed: origin has the branch "${theirs}"`;
    for (const one of [mirror, { ...mirror, usable: false, branches: [] }]) {
      const refused: unknown = await shop.clone({}, { mirror: one }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UserError);
      if (refused instanceof UserError)
        expect([refused.message, refused.hint].join('\n')).toMatch(
          new RegExp(`^${message}.*\n.*branch: ${hint} in the layout`),
        );
    }
    expect(existsSync(dirname(shop.spec().path)) ? await readdir(dirname(shop.spec().path)) : []).toEqual([]);
  });

  it('in a worktree, beside branches of origin and of the checkout', async () => {
    const add = () =>
      makeWorktree({ spec: shop.spec(), checkout: shop.checkout, env: shop.env, onLine: () => undefined });
    await shop.git(shop.checkout, 'branch', 'feature');
    await expect(add()).rejects.toThrow(
      `the branch "feature/api" cannot be made in "${shop.checkout}": it has the branch "feature"`,
    );
    await shop.git(shop.checkout, 'branch', '-D', 'feature');
    await onOrigin('feature');
    await fetched();
    await expect(add()).rejects.toThrow('can never be pushed: origin has the branch "feature"');
    expect(existsSync(shop.spec().path)).toBe(false);
  });

  it('for the next task of a clone, which stays as it is', async () => {
    await shop.clone();
    await shop.git(shop.spec().path, 'checkout', '-q', '-b', 'mine');
    await onOrigin('spike');
    const to = async (branch: string) =>
      switchBranch({
        spec: shop.spec({ branch }),
        basePath: null,
        mirror: await shop.fill(),
        checkout: shop.checkout,
        env: shop.env,
        onLine: () => undefined,
      });
    await expect(to('spike/one')).rejects.toThrow('can never be pushed: origin has the branch "spike"');
    await expect(to('mine/one')).rejects.toThrow(`cannot be made in "${shop.spec().path}": it has the branch "mine"`);
    expect(await shop.git(shop.spec().path, 'branch', '--show-current')).toBe('mine');
    await shop.git(shop.origin, 'branch', '-D', 'spike');
    expect(await to('spike/one')).toBe('spike/one from origin/main');
  });
});
