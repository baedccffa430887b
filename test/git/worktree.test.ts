import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTree } from '../../src/git/tree.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import type { TreeSpec } from '../../src/layout/layout.ts';
import { makeRepo } from '../support/repo.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const add = (more: Partial<TreeSpec> = {}, checkout = shop.checkout) =>
  makeWorktree({ spec: shop.spec(more), checkout, env: shop.env, onLine: () => undefined });
const api = (...args: string[]) => shop.git(shop.spec().path, ...args);

describe('a worktree', () => {
  it("stands on a new branch from origin's default branch and is known without starting git", async () => {
    expect(await add({ setup: ['true'] })).toMatchObject({ made: true, start: 'origin/HEAD', notes: [] });
    expect(await api('status', '--porcelain', '--branch')).toBe('## feature/api');
    const state = await readTree(shop.spec().path, { repo: shop.origin, env: { PATH: '/nonexistent' } });
    expect(state).toEqual({ kind: 'ready', branch: 'feature/api', setupDone: false });
  });

  it("takes the checkout's branch of that name, then origin's", async () => {
    await shop.git(shop.checkout, 'branch', 'mine');
    expect(await add({ branch: 'mine' })).toMatchObject({ start: 'mine, which exists' });
    const second = shop.path('w2');
    expect(await add({ branch: 'existing', path: second })).toMatchObject({ start: 'origin/existing, which exists' });
    expect(await shop.git(second, 'rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/existing');
  });

  it('starts from a named base on origin, or a local one', async () => {
    expect(await add({ base: { kind: 'branch', name: 'existing' } })).toMatchObject({ start: 'origin/existing' });
    await shop.git(shop.checkout, 'branch', 'local');
    expect(await add({ base: { kind: 'branch', name: 'local' }, path: shop.path('w2'), branch: 'x' })).toMatchObject({
      start: 'local',
    });
  });

  it('of a checkout without origin starts at its HEAD', async () => {
    const { env, path } = shop;
    await makeRepo(path('lonely'), { env });
    expect(await add({ repo: path('lonely') }, path('lonely'))).toMatchObject({ start: 'HEAD' });
    expect(await readTree(shop.spec().path, { repo: path('lonely'), env })).toMatchObject({
      kind: 'ready',
      setupDone: true,
    });
  });

  it('takes the place of one whose folder was deleted', async () => {
    await add();
    await rm(shop.spec().path, { recursive: true });
    expect(await add()).toMatchObject({ made: true, start: 'feature/api, which exists' });
  });

  it('that was killed half-way looks absent and is made anew', async () => {
    await add();
    const admin = join(shop.checkout, '.git', 'worktrees', 'api');
    await writeFile(join(admin, 'locked'), 'initializing');
    await rm(join(admin, 'claude-tmux.json'));
    await rm(join(shop.spec().path, 'README.md'));
    expect(await readTree(shop.spec().path, { repo: shop.origin, env: shop.env })).toEqual({ kind: 'absent' });
    expect(await add()).toMatchObject({ made: true });
    expect(await readFile(join(shop.spec().path, 'README.md'), 'utf8')).toBe('# Shop\n');
  });
});

describe('what git cannot do is said', () => {
  it('a branch that is checked out elsewhere, and where', async () => {
    await expect(add({ branch: 'main' })).rejects.toThrow(`the branch "main" is checked out in "${shop.checkout}"`);
  });

  it('a base that is not there, with the near ones', async () => {
    await expect(add({ base: { kind: 'branch', name: 'mian' } })).rejects.toMatchObject({
      hint: 'did you mean "main"?',
    });
    expect(await readdir(shop.path('work space'))).toEqual([]);
  });

  it('a place that is taken, which stays as it is', async () => {
    await mkdir(shop.spec().path, { recursive: true });
    await writeFile(join(shop.spec().path, 'mine'), '');
    await expect(add()).rejects.toThrow('is not a git repository and not empty');
    expect(await readdir(shop.spec().path)).toEqual(['mine']);
  });

  it('a checkout without a commit', async () => {
    const fresh = shop.path('fresh');
    await shop.git(shop.sandbox.root, 'init', '-q', fresh);
    await expect(add({}, fresh)).rejects.toThrow('has no commit to start from');
  });
});
