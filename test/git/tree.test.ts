import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markSetupDone } from '../../src/git/marker.ts';
import { readTree } from '../../src/git/tree.ts';
import { makeRepo } from '../support/repo.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const read = (path: string, repo = shop.origin) => readTree(path, { repo, env: shop.env });
/** An environment without git: only a tree that is known from files alone can be read in it. */
const readWithoutGit = (path: string) =>
  readTree(path, { repo: shop.origin, env: { ...shop.env, PATH: '/nonexistent' } });

describe('a tree', () => {
  it('is absent where nothing stands, or an empty folder', async () => {
    await mkdir(shop.path('empty'));
    for (const path of [shop.path('none'), shop.path('none', 'below'), shop.path('empty')])
      expect(await read(path)).toEqual({ kind: 'absent' });
  });

  it('of ours is read without starting git: its branch, and none when it is detached', async () => {
    await shop.clone({ setup: ['true'] });
    const { path } = shop.spec();
    expect(await readWithoutGit(path)).toEqual({ kind: 'ready', branch: 'feature/api', setupDone: false });
    await markSetupDone(path);
    await shop.git(path, 'checkout', '-q', '--detach');
    expect(await readWithoutGit(path)).toEqual({ kind: 'ready', branch: null, setupDone: true });
  });

  it('made by hand is used as it is', async () => {
    expect(await read(shop.checkout)).toEqual({ kind: 'ready', branch: 'main', setupDone: true });
    await markSetupDone(shop.checkout);
    expect(await read(shop.checkout)).toEqual({ kind: 'ready', branch: 'main', setupDone: true });
  });

  it('reached through a link is the tree it leads to', async () => {
    await symlink(shop.checkout, shop.path('link'));
    expect(await read(shop.path('link'))).toMatchObject({ kind: 'ready' });
    expect(await read(shop.checkout, join(shop.path('link'), '..', 'servers', `o'r "q" #{x} y`))).toMatchObject({
      kind: 'ready',
    });
  });

  it('that is a worktree of the named checkout is ready', async () => {
    const { env, path } = shop;
    await makeRepo(path('lonely'), { env });
    await shop.git(path('lonely'), 'worktree', 'add', '-q', '-b', 'side', path('side'));
    expect(await read(path('side'), path('lonely'))).toEqual({ kind: 'ready', branch: 'side', setupDone: true });
  });
});

describe('a foreign place', () => {
  it('of another repository names its origin, without the password', async () => {
    await shop.git(shop.checkout, 'remote', 'set-url', 'origin', 'https://me:pw@example.com/other.git');
    expect(await read(shop.checkout)).toEqual({
      kind: 'foreign',
      why: `is a clone of "https://***@example.com/other.git", not of "${shop.origin}"`,
    });
  });

  it('that is a clone of ours of another repository is foreign, too', async () => {
    await shop.clone();
    expect(await read(shop.spec().path, 'git@example.com:team/other')).toMatchObject({ kind: 'foreign' });
  });

  it('that is a worktree of a repository which was moved says where that was, and what brings it back', async () => {
    const tree = shop.path('linked tree');
    await shop.git(shop.checkout, 'worktree', 'add', '-q', '-b', 'linked', tree);
    await rename(shop.checkout, shop.path('moved'));
    const why = `is a worktree of a repository that is no longer at "${shop.checkout}/.git/worktrees/linked-tree"; if that was moved, move it back, or run there: git worktree repair '${tree}'`;
    expect(await read(tree)).toEqual({ kind: 'foreign', why });
    await rename(shop.path('moved'), shop.checkout);
    expect(await read(tree)).toMatchObject({ kind: 'ready' });
  });

  it('inside another repository is not taken for it', async () => {
    await mkdir(join(shop.checkout, 'sub'));
    await writeFile(join(shop.checkout, 'sub', 'file'), '');
    expect(await read(join(shop.checkout, 'sub'))).toEqual({
      kind: 'foreign',
      why: 'is not a git repository and not empty',
    });
    await mkdir(join(shop.checkout, 'sub', '.git'));
    expect(await read(join(shop.checkout, 'sub'))).toEqual({ kind: 'foreign', why: 'holds a `.git` that is damaged' });
  });

  it('is a file, or a link that leads nowhere', async () => {
    await symlink(shop.path('gone'), shop.path('link'));
    await writeFile(shop.path('file'), '');
    expect(await read(shop.path('file'))).toEqual({ kind: 'foreign', why: 'is a file' });
    expect(await read(shop.path('link'))).toEqual({ kind: 'foreign', why: 'is a link that leads nowhere' });
  });
});

describe('what cannot be told', () => {
  it('is an error and never "absent": git without an answer', async () => {
    await expect(readWithoutGit(shop.checkout)).rejects.toThrow('git is not installed');
  });

  it.skipIf(process.getuid?.() === 0)('is an error and never "absent": a folder that may not be read', async () => {
    await mkdir(shop.path('closed', 'api'), { recursive: true });
    await chmod(shop.path('closed'), 0);
    await expect(read(shop.path('closed', 'api'))).rejects.toThrow('cannot be read');
    await chmod(shop.path('closed'), 0o700);
  });

  it('is an error: a note of a newer version, or a damaged one', async () => {
    await shop.clone();
    const note = join(shop.spec().path, '.git', 'claude-tmux.json');
    expect(JSON.parse(await readFile(note, 'utf8'))).toEqual({ version: 1, repo: shop.origin, setup: 'done' });
    await writeFile(note, '{"version":2}');
    await expect(read(shop.spec().path)).rejects.toThrow('written by a newer claude-tmux');
    await writeFile(note, '{"version":');
    await expect(read(shop.spec().path)).rejects.toThrow('is damaged');
    await rm(note);
    expect(await read(shop.spec().path)).toMatchObject({ kind: 'ready' });
  });
});
