import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bringWork } from '../../src/git/bringWork.ts';
import { readLeftBehind } from '../../src/git/leftBehind.ts';
import { refuseConflicts } from '../../src/git/refuseConflicts.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const bring = () => bringWork({ spec: shop.spec(), checkout: shop.checkout, env: shop.env, onLine: () => undefined });
const at = (...args: string[]) => shop.git(shop.checkout, ...args);
const api = (...args: string[]) => shop.git(shop.spec().path, ...args);
const write = (name: string, text: string) => writeFile(join(shop.checkout, name), text);

/** Everything below a folder: names, modes, times, content. */
async function photograph(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder, { recursive: true })).sort()) {
    const facts = await stat(join(folder, name));
    hash.update(`${name} ${facts.mode} ${facts.isDirectory() ? '' : facts.mtimeMs}\n`);
    if (facts.isFile()) hash.update(await readFile(join(folder, name)));
  }
  return hash.digest('hex');
}

async function makeWork(): Promise<void> {
  await write('src/a.txt', 'committed\n');
  await at('commit', '-q', '-a', '-m', 'Unpushed');
  await write('src/a.txt', 'staged\n');
  await at('add', 'src/a.txt');
  await write('src/b.txt', 'unstaged\n');
  await rm(join(shop.checkout, 'README.md'));
  await mkdir(join(shop.checkout, 'new "folder"'));
  await write('new "folder"/x\n.sh', '#!/bin/sh\n');
  await chmod(join(shop.checkout, 'new "folder"/x\n.sh'), 0o755);
  await symlink('/etc/hostname', join(shop.checkout, 'link'));
  await write('.env', 'ignored\n');
}

it('gives the clone the commits, the changes and the untracked files of the checkout, all uncommitted as there', async () => {
  await makeWork();
  await shop.clone();
  expect(await bring()).toEqual({ commits: 1, files: 5 });
  expect(await api('rev-parse', 'HEAD')).toBe(await at('rev-parse', 'HEAD'));
  expect(await api('symbolic-ref', 'HEAD')).toBe('refs/heads/feature/api');
  const clone = shop.spec().path;
  expect(await readFile(join(clone, 'src/a.txt'), 'utf8')).toBe('staged\n');
  expect(await readFile(join(clone, 'src/b.txt'), 'utf8')).toBe('unstaged\n');
  expect((await stat(join(clone, 'new "folder"/x\n.sh'))).mode & 0o111).toBe(0o111);
  expect(await api('diff', '--cached', '--name-only')).toBe('');
  expect((await api('status', '--porcelain')).split('\n').map((line) => line.trim())).toEqual([
    'D README.md',
    'M src/a.txt',
    'M src/b.txt',
    '?? link',
    '?? "new \\"folder\\"/"',
  ]);
  await expect(stat(join(clone, '.env'))).rejects.toThrow('ENOENT');
  expect(await api('fsck', '--full', '--no-dangling')).toBe('');
});

it('touches nothing in the checkout, not even git objects', async () => {
  await makeWork();
  const hooks = join(shop.checkout, '.git', 'hooks');
  await mkdir(hooks, { recursive: true });
  await writeFile(join(hooks, 'post-index-change'), `#!/bin/sh\ntouch '${shop.path('ran')}'\n`, { mode: 0o755 });
  await shop.clone();
  const before = await photograph(shop.checkout);
  await bring();
  expect(await photograph(shop.checkout)).toBe(before);
  await expect(stat(shop.path('ran'))).rejects.toThrow('ENOENT');
});

it('starts at the checkout HEAD also when that is behind the base, and brings nothing from a clean checkout', async () => {
  await shop.clone({ base: { kind: 'branch', name: 'existing' } });
  expect(await bring()).toEqual({ commits: 0, files: 0 });
  expect(await api('rev-parse', 'HEAD')).toBe(await at('rev-parse', 'HEAD'));
});

/** Two branches that change one file, and `how` begun to bring them together. */
async function makeConflict(how: 'merge' | 'rebase' | 'cherry-pick'): Promise<void> {
  await at('checkout', '-q', '-b', 'other');
  await write('src/a.txt', 'theirs\n');
  await at('commit', '-q', '-a', '-m', 'Theirs');
  await at('checkout', '-q', 'main');
  await write('src/a.txt', 'ours\n');
  await at('commit', '-q', '-a', '-m', 'Ours');
  await expect(at(how, 'other')).rejects.toThrow();
}

it.each(['merge', 'rebase', 'cherry-pick'] as const)(
  'is refused beforehand while a %s waits with files in conflict, which are named',
  async (how) => {
    await refuseConflicts(shop.checkout, shop.env);
    await makeConflict(how);
    await expect(refuseConflicts(shop.checkout, shop.env)).rejects.toThrow(
      `the checkout "${shop.checkout}" has files in conflict in the middle of a ${how}: "src/a.txt"`,
    );
    await at('add', 'src/a.txt');
    await refuseConflicts(shop.checkout, shop.env);
  },
);

it('brings files in the middle of a merge, with the conflict marks', async () => {
  await makeConflict('merge');
  await shop.clone();
  expect(await bring()).toEqual({ commits: 1, files: 1 });
  expect(await readFile(join(shop.spec().path, 'src/a.txt'), 'utf8')).toContain('<<<<<<<');
});

it('does not take the files a sparse checkout leaves out for deleted ones', async () => {
  await at('sparse-checkout', 'set', '--no-cone', '/README.md', '/new.txt');
  await write('new.txt', 'new\n');
  await shop.clone();
  expect(await bring()).toEqual({ commits: 0, files: 1 });
  expect(await readFile(join(shop.spec().path, 'src/a.txt'), 'utf8')).toBe('a\n');
});

it('works for a worktree of the checkout and leaves no ref behind', async () => {
  await makeWork();
  await makeWorktree({ spec: shop.spec(), checkout: shop.checkout, env: shop.env, onLine: () => undefined });
  const refs = await at('for-each-ref', '--format=%(refname)');
  expect(await bring()).toEqual({ commits: 1, files: 5 });
  expect(await at('for-each-ref', '--format=%(refname)')).toBe(refs);
  expect(await at('status', '--porcelain')).toContain('M  src/a.txt');
});

it('lays nothing over changes, and moves no branch that has commits of its own', async () => {
  await makeWork();
  await shop.clone();
  await writeFile(join(shop.spec().path, 'src/a.txt'), 'mine\n');
  await expect(bring()).rejects.toThrow('has uncommitted changes');
  await api('commit', '-q', '-a', '-m', 'Mine');
  await expect(bring()).rejects.toThrow('has commits that the checkout lacks');
  expect(await readFile(join(shop.spec().path, 'src/a.txt'), 'utf8')).toBe('mine\n');
});

it("does not move the remote's branch away from its commits", async () => {
  await shop.clone({ branch: 'existing' });
  const spec = shop.spec({ branch: 'existing' });
  await expect(bringWork({ spec, checkout: shop.checkout, env: shop.env, onLine: () => undefined })).rejects.toThrow(
    'the branch "existing"',
  );
});

it('brings all but repositories inside the checkout and what is staged alone, and names those', async () => {
  const { origin: remote } = shop;
  await shop.git(shop.checkout, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', remote, 'lib');
  await shop.git(shop.checkout, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', remote, 'clean');
  await at('commit', '-q', '-m', 'Submodules');
  expect(await readLeftBehind(shop.checkout, shop.env)).toEqual({ submodules: [], repositories: [], staged: [] });
  await shop.git(join(shop.checkout, 'lib'), 'commit', '-q', '--allow-empty', '-m', 'Unpushed');
  await at('init', '-q', 'inner/no [commit]');
  await write('src/a.txt', 'staged\n');
  await at('add', 'src/a.txt');
  await write('src/a.txt', 'on disk\n');
  await write('src/b.txt', 'new\n');
  expect(await readLeftBehind(shop.checkout, shop.env)).toEqual({
    submodules: ['lib'],
    repositories: ['inner/no [commit]'],
    staged: ['src/a.txt'],
  });
  await shop.clone();
  await bring();
  expect(await readFile(join(shop.spec().path, 'src/a.txt'), 'utf8')).toBe('on disk\n');
  expect(await readFile(join(shop.spec().path, 'src/b.txt'), 'utf8')).toBe('new\n');
  expect(await api('ls-files', '--others')).not.toContain('inner');
});
