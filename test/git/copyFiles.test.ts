import { chmod, lstat, mkdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyFiles, type CopyReport } from '../../src/git/copyFiles.ts';
import { readTreeRisks } from '../../src/git/treeRisks.ts';
import { readTree } from '../../src/git/tree.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const put = async (name: string, text: string) => {
  const path = join(shop.checkout, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
};
const clone = (name: string) => join(shop.spec().path, name);
const copy = (include: string[], link: string[] = []): Promise<CopyReport> =>
  copyFiles({ spec: shop.spec({ include, link }), checkout: shop.checkout, env: shop.env });
const api = (...args: string[]) => shop.git(shop.spec().path, ...args);
const nothing = { copied: 0, linked: 0, kept: 0, refused: [], nowhere: [] };

describe('include', () => {
  it('copies what the globs name and git ignores, with its mode, and nothing else', async () => {
    await put('.env', 'SECRET=1\n');
    await put('config/deep/app.local', 'x');
    await put('node_modules/.env', 'not this one: the pattern is anchored');
    await put('untracked.txt', 'not ignored');
    await chmod(join(shop.checkout, '.env'), 0o600);
    await shop.clone();
    expect(await copy(['/.env', '*.local', 'untracked.txt', 'README.md'])).toEqual({ ...nothing, copied: 2 });
    expect(await readFile(clone('.env'), 'utf8')).toBe('SECRET=1\n');
    expect((await stat(clone('.env'))).mode & 0o777).toBe(0o600);
    expect(await readFile(clone('config/deep/app.local'), 'utf8')).toBe('x');
    await expect(stat(clone('untracked.txt'))).rejects.toThrow('ENOENT');
    expect(await api('status', '--porcelain')).toBe('');
  });

  it('reads the globs as .gitignore does: the later pattern wins', async () => {
    for (const name of ['a.local', 'b.local', 'sub/c.local']) await put(name, name);
    await shop.clone();
    expect(await copy(['*.local', '!b.local'])).toEqual({ ...nothing, copied: 2 });
    await expect(stat(clone('b.local'))).rejects.toThrow('ENOENT');
  });

  it('overwrites nothing', async () => {
    await put('.env', 'theirs');
    await shop.clone();
    await writeFile(clone('.env'), 'mine');
    expect(await copy(['.env'])).toEqual({ ...nothing, kept: 1 });
    expect(await readFile(clone('.env'), 'utf8')).toBe('mine');
  });

  it('keeps out of the changes what only the checkout ignores: no secret is committed by accident', async () => {
    await put('.git/info/exclude', '*.key\n');
    await put('secret [1]*.key', 'x');
    await shop.clone();
    expect(await copy(['*.key'])).toEqual({ ...nothing, copied: 1 });
    expect(await api('status', '--porcelain')).toBe('');
    await writeFile(clone('secret 1y.key'), '');
    expect(await api('status', '--porcelain')).toContain('secret 1y.key');
  });

  it('copies a link as a link and never writes through one', async () => {
    const outside = shop.path('outside');
    await mkdir(outside);
    await put('sub/app.local', 'x');
    await writeFile(join(outside, 'target'), 'x');
    await symlink(join(outside, 'target'), join(shop.checkout, 'l.local'));
    await shop.clone();
    await symlink(outside, clone('sub'));
    expect(await copy(['*.local'])).toEqual({ ...nothing, copied: 1, refused: ['sub/app.local'] });
    expect(await readlink(clone('l.local'))).toBe(join(outside, 'target'));
    await expect(stat(join(outside, 'app.local'))).rejects.toThrow('ENOENT');
  });

  it('copies what a relative link leads to where the link itself would lead elsewhere, and leaves out one that leads nowhere', async () => {
    await mkdir(shop.path('secrets', 'folder'), { recursive: true });
    await writeFile(shop.path('secrets', 'shop.env'), 'SECRET=1\n');
    // A clone of another session stands where the link would lead from the workspace.
    await mkdir(shop.path('work space', 'secrets'), { recursive: true });
    await writeFile(shop.path('work space', 'secrets', 'shop.env'), 'of somebody else\n');
    await put('config.local', 'c');
    for (const [name, text] of [
      ['.env', '../secrets/shop.env'],
      ['folder.local', '../secrets/folder'],
      ['gone.local', '../secrets/gone'],
      ['alias.local', 'config.local'],
      ['notes.local', '.env'],
      ['round.local', 'round.local'],
    ] as const)
      await symlink(text, join(shop.checkout, name));
    await shop.clone();
    expect(await copy(['.env', '*.local'])).toEqual({ ...nothing, copied: 5, nowhere: ['gone.local', 'round.local'] });
    expect((await lstat(clone('.env'))).isFile()).toBe(true);
    expect(await readFile(clone('.env'), 'utf8')).toBe('SECRET=1\n');
    expect(await readlink(clone('folder.local'))).toBe(await realpath(shop.path('secrets', 'folder')));
    expect(await readlink(clone('alias.local'))).toBe('config.local');
    expect(await readFile(clone('notes.local'), 'utf8')).toBe('SECRET=1\n');
    const risks = () =>
      readTreeRisks(shop.spec().path, {
        base: null,
        include: ['.env'],
        checkout: shop.checkout,
        remote: null,
        env: shop.env,
      });
    expect(await risks()).toEqual([]);
    await writeFile(clone('.env'), 'SECRET=2\n');
    expect((await risks()).map(({ kind }) => kind)).toEqual(['copy']);
    expect(await readFile(shop.path('secrets', 'shop.env'), 'utf8')).toBe('SECRET=1\n');
  });

  it.each([
    'new\nline',
    'last newline\n',
    '\n*\n',
    'cr\r',
    ' edges ',
    'tab\t',
    '#hash',
    '!bang',
    '-dash',
    '"quoted"',
    'back\\slash',
    'ümläut',
    '*[a]?',
  ])('copies a file with a hostile name, %j, and it hides itself alone', async (name) => {
    await put('.git/info/exclude', '*.key\n');
    await put(`${name}.key/x`, 'not a file');
    await put(`sub/${name}.key`, 'x');
    await shop.clone();
    expect(await copy(['*.key'])).toEqual({ ...nothing, copied: 2 });
    expect(await readFile(clone(`sub/${name}.key`), 'utf8')).toBe('x');
    expect(await api('status', '--porcelain')).toBe('');
    await writeFile(clone('other.txt'), '');
    expect(await api('status', '--porcelain')).toBe('?? other.txt');
  });

  it('overwrites no folder and no dangling link either', async () => {
    await put('a.local', 'theirs');
    await put('b.local', 'theirs');
    await shop.clone();
    await mkdir(clone('a.local'));
    await symlink('nowhere', clone('b.local'));
    expect(await copy(['*.local'])).toEqual({ ...nothing, kept: 2 });
    expect(await readlink(clone('b.local'))).toBe('nowhere');
  });

  it('leaves nothing of a copy that was cut off: the next one begins anew', async () => {
    await put('.env', 'SECRET=1\n');
    await shop.clone();
    await writeFile(clone('.git/claude-tmux.copy'), 'SEC');
    expect(await copy(['.env'])).toEqual({ ...nothing, copied: 1 });
    expect(await readFile(clone('.env'), 'utf8')).toBe('SECRET=1\n');
    expect((await stat(clone('.env'))).nlink).toBe(1);
    await expect(stat(clone('.git/claude-tmux.copy'))).rejects.toThrow('ENOENT');
  });

  it('takes a glob that looks like an option for a glob', async () => {
    await put('.env', 'x');
    await shop.clone();
    expect(await copy(['--cached', '-z', '.env'])).toEqual({ ...nothing, copied: 1 });
  });
});

describe('link', () => {
  it('makes no link to a link that leads nowhere', async () => {
    await symlink('gone', join(shop.checkout, '.env'));
    await shop.clone();
    expect(await copy([], ['.env'])).toEqual({ ...nothing, nowhere: ['.env'] });
  });

  it('links an ignored folder as a whole and keeps the link out of the changes', async () => {
    await put('node_modules/lib/index.js', 'x');
    await shop.clone();
    expect(await copy(['node_modules/'], ['node_modules'])).toEqual({ ...nothing, linked: 1 });
    expect(await readlink(clone('node_modules'))).toBe(join(shop.checkout, 'node_modules'));
    expect(await api('status', '--porcelain')).toBe('');
  });

  it('links each file of a folder of which only files are ignored', async () => {
    await put('.git/info/exclude', '*.key\n');
    await put('build/out/x.key', 'x');
    await put('build/[y].key', 'y');
    await put('build/untracked.txt', 'not ignored');
    await shop.clone();
    expect(await copy([], ['build'])).toEqual({ ...nothing, linked: 2 });
    expect(await readlink(clone('build/out/x.key'))).toBe(join(shop.checkout, 'build/out/x.key'));
    expect(await readlink(clone('build/[y].key'))).toBe(join(shop.checkout, 'build/[y].key'));
    expect(await api('status', '--porcelain')).toBe('');
  });

  it('links nothing over a folder that the clone has', async () => {
    await put('node_modules/lib/index.js', 'x');
    await shop.clone();
    await mkdir(clone('node_modules'));
    expect(await copy([], ['node_modules'])).toEqual({ ...nothing, kept: 1 });
    expect((await lstat(clone('node_modules'))).isDirectory()).toBe(true);
  });

  it('links single files where only they are named, not the folder they are alone in', async () => {
    await put('config/app.local', 'x');
    await shop.clone();
    expect(await copy([], ['*.local'])).toEqual({ ...nothing, linked: 1 });
    expect((await lstat(clone('config'))).isDirectory()).toBe(true);
    expect(await readlink(clone('config/app.local'))).toBe(join(shop.checkout, 'config/app.local'));
  });
});

describe('the setup', () => {
  it('is noted as done when no commands follow, and only then', async () => {
    const state = () => readTree(shop.spec().path, { repo: shop.origin, env: shop.env });
    await shop.clone({ include: ['.env'], setup: ['npm ci'] });
    await copyFiles({
      spec: shop.spec({ include: ['.env'], setup: ['npm ci'] }),
      checkout: shop.checkout,
      env: shop.env,
    });
    expect(await state()).toMatchObject({ setupDone: false });
    await copy(['.env']);
    expect(await state()).toMatchObject({ setupDone: true });
  });

  it('works the same for a worktree', async () => {
    await put('node_modules/x', 'x');
    await makeWorktree({ spec: shop.spec(), checkout: shop.checkout, env: shop.env, onLine: () => undefined });
    expect(await copy([], ['node_modules'])).toEqual({ ...nothing, linked: 1 });
    expect(await api('status', '--porcelain')).toBe('');
    expect(await shop.git(shop.checkout, 'status', '--porcelain')).toBe('');
  });

  it('is nothing without globs', async () => {
    await shop.clone();
    await rm(shop.checkout, { recursive: true });
    expect(await copy([])).toEqual(nothing);
  });
});
