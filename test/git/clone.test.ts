import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { readTree } from '../../src/git/tree.ts';
import { makeRepo } from '../support/repo.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const workspace = () => shop.path('work space');
const api = (...args: string[]) => shop.git(shop.spec().path, ...args);

describe('a clone', () => {
  it('stands on a new branch from the remote default branch, with the real URL, all branches and tags', async () => {
    const report = await shop.clone();
    expect(report).toEqual({ made: true, branch: 'feature/api', start: 'origin/main', carried: [], notes: [] });
    expect(await api('symbolic-ref', 'HEAD')).toBe('refs/heads/feature/api');
    expect(await api('remote', 'get-url', 'origin')).toBe(shop.origin);
    expect(await api('config', '--get-all', 'remote.origin.fetch')).toBe('+refs/heads/*:refs/remotes/origin/*');
    expect(await api('symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/main');
    expect((await api('for-each-ref', '--format=%(refname)', 'refs/remotes', 'refs/tags')).split('\n')).toEqual([
      'refs/remotes/origin/HEAD',
      'refs/remotes/origin/existing',
      'refs/remotes/origin/main',
      'refs/tags/v1',
    ]);
    expect(await api('status', '--porcelain')).toBe('');
    expect(await api('fetch', 'origin')).toBe('');
    expect(await readdir(workspace())).toEqual(['api']);
  });

  it('has no upstream for a new branch: a push would not go to the base', async () => {
    await shop.clone();
    await expect(api('rev-parse', '--verify', '@{upstream}')).rejects.toThrow(/no upstream/);
  });

  it("takes the remote's branch of that name and tracks it", async () => {
    const report = await shop.clone({ branch: 'existing' });
    expect(report.start).toBe('origin/existing, which exists');
    expect(await api('rev-parse', 'HEAD')).toBe(await shop.git(shop.origin, 'rev-parse', 'existing'));
    expect(await api('rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/existing');
  });

  it('can stand on the default branch itself', async () => {
    await shop.clone({ branch: 'main' });
    expect(await api('rev-parse', '--abbrev-ref', '@{upstream}')).toBe('origin/main');
  });

  it('starts from the named base', async () => {
    const report = await shop.clone({ base: { kind: 'branch', name: 'existing' } });
    expect(report.start).toBe('origin/existing');
    expect(await api('log', '-1', '--format=%s')).toBe('On a branch');
  });

  it("starts from a predecessor's tip, and from the default base while there is no predecessor", async () => {
    const plan = shop.path('work space', 'plan');
    await shop.clone({ path: plan, branch: 'run/plan' });
    await shop.git(plan, 'commit', '-q', '--allow-empty', '-m', 'Never pushed');
    const base = { kind: 'pane', id: 'plan' } as const;
    expect((await shop.clone({ base }, { basePath: plan })).start).toBe(`the tip of "${plan}"`);
    expect(await api('log', '-1', '--format=%s')).toBe('Never pushed');
    expect((await shop.clone({ base, path: shop.path('w2', 'x') }, { basePath: shop.path('nowhere') })).start).toBe(
      'origin/main',
    );
  });

  it('names the branches near a base that is not there, and leaves nothing', async () => {
    const wrong = shop.clone({ base: { kind: 'branch', name: 'exsting' } });
    await expect(wrong).rejects.toThrow('has no branch "exsting" for "feature/api" to start from');
    await expect(wrong).rejects.toMatchObject({ hint: 'did you mean "existing"?' });
    await expect(shop.clone({ base: { kind: 'branch', name: 'origin/existing' } })).rejects.toMatchObject({
      hint: 'did you mean "existing"?',
    });
    await expect(shop.clone({ base: { kind: 'branch', name: 'zzzzzzzzz' } })).rejects.toMatchObject({
      hint: 'it has: existing, main',
    });
    expect(await readdir(workspace())).toEqual([]);
  });

  it.each([
    ['a file:// URL', () => pathToFileURL(shop.origin).href],
    ['a path with a slash at its end', () => `${shop.origin}/`],
  ])('can be made of %s', async (_what, repo) => {
    await shop.clone({ repo: repo() });
    expect(await api('remote', 'get-url', 'origin')).toBe(repo());
    expect(await readTree(shop.spec().path, { repo: shop.origin, env: shop.env })).toEqual({
      kind: 'ready',
      branch: 'feature/api',
      setupDone: true,
    });
  });

  it('can be made of a checkout that has no origin: its current branch is the default', async () => {
    const { env, path } = shop;
    await makeRepo(path('lonely'), { env, branch: 'trunk' });
    const report = await shop.clone({ repo: path('lonely') }, { checkout: path('lonely') });
    expect(report.start).toBe('origin/trunk');
  });

  it('can be made of a checkout that has no origin and stands on no branch: it starts where that stands', async () => {
    const { env, path } = shop;
    const lonely = path('lonely');
    await makeRepo(lonely, { env, branch: 'trunk' });
    await shop.git(lonely, 'checkout', '-q', '--detach');
    await shop.git(lonely, 'commit', '-q', '--allow-empty', '-m', 'On no branch');
    const report = await shop.clone({ repo: lonely }, { checkout: lonely });
    expect(report.start).toBe(`where "${lonely}" stands, on no branch`);
    expect(await api('log', '-1', '--format=%s')).toBe('On no branch');
    expect(await api('symbolic-ref', 'HEAD')).toBe('refs/heads/feature/api');
    const stranger = shop.clone({ repo: lonely, path: path('w2', 'x') });
    await expect(stranger).rejects.toThrow('has no default branch for "feature/api" to start from');
  });

  it('is whole without its mirror: no alternates, and git finds nothing missing', async () => {
    await shop.clone();
    await rm(shop.path('cache'), { recursive: true });
    await expect(api('fsck', '--full', '--strict')).resolves.toBe('');
    await expect(stat(join(shop.spec().path, '.git', 'objects', 'info', 'alternates'))).rejects.toThrow('ENOENT');
    await api('commit', '-q', '--allow-empty', '-m', 'Still works');
  });

  it('shares its packs with the mirror as hard links', async () => {
    await shop.clone();
    const packs = join(shop.spec().path, '.git', 'objects', 'pack');
    const [pack = ''] = (await readdir(packs)).filter((name) => name.endsWith('.pack'));
    expect((await stat(join(packs, pack))).nlink).toBeGreaterThan(1);
  });

  it('has the permissions of any clone', async () => {
    await shop.clone();
    const modes = await Promise.all([shop.spec().path, shop.checkout].map(async (path) => (await stat(path)).mode));
    expect(modes[0]).toBe(modes[1]);
  });

  it('has an index that later queries need not read files for', async () => {
    await shop.clone();
    const index = Math.floor((await stat(join(shop.spec().path, '.git', 'index'))).mtimeMs / 1000);
    const entries = (await api('ls-files', '--debug')).matchAll(/mtime: (\d+):/g);
    const seconds = [...entries].map((match) => Number(match[1]));
    expect(seconds).toHaveLength(4);
    expect(Math.max(...seconds)).toBeLessThan(index);
  });

  it('still sees a change of the same length in the very second of its making', async () => {
    await shop.clone();
    await writeFile(join(shop.spec().path, 'src', 'a.txt'), 'X\n');
    expect(await api('status', '--porcelain')).toBe('M src/a.txt'.padStart(12));
  });

  it('of many files has such an index too, and sees such a change', async () => {
    await mkdir(join(shop.checkout, 'many'));
    for (let number = 0; number < 2_100; number++) await writeFile(join(shop.checkout, 'many', `${number}.txt`), '');
    await shop.git(shop.checkout, 'add', '-A');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Many files');
    await shop.git(shop.checkout, 'push', '-q');
    await shop.clone();
    const index = Math.floor((await stat(join(shop.spec().path, '.git', 'index'))).mtimeMs / 1000);
    const seconds = [...(await api('ls-files', '--debug')).matchAll(/mtime: (\d+):/g)].map((match) => Number(match[1]));
    expect(Math.max(...seconds)).toBeLessThan(index);
    await writeFile(join(shop.spec().path, 'src', 'a.txt'), 'X\n');
    expect(await api('status', '--porcelain')).toBe(' M src/a.txt');
  });

  it('notes whether its setup has run', async () => {
    const state = async (setup: string[], include: string[] = []) => {
      await rm(workspace(), { recursive: true, force: true });
      await shop.clone({ setup, include });
      return readTree(shop.spec().path, { repo: shop.origin, env: shop.env });
    };
    expect(await state([])).toMatchObject({ setupDone: true });
    expect(await state(['npm ci'])).toMatchObject({ setupDone: false });
    expect(await state([], ['.env'])).toMatchObject({ setupDone: false });
  });
});

describe('a place that is taken', () => {
  it('is refused by name and not touched', async () => {
    const target = shop.spec().path;
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'mine.txt'), 'mine');
    const taken = shop.clone();
    await expect(taken).rejects.toThrow(`the folder "${target}" is not a git repository and not empty`);
    await expect(taken).rejects.toBeInstanceOf(UserError);
    expect(await readFile(join(target, 'mine.txt'), 'utf8')).toBe('mine');
    expect(await readdir(workspace())).toEqual(['api']);
  });

  it('is filled when it is an empty folder', async () => {
    await mkdir(shop.spec().path, { recursive: true });
    expect((await shop.clone()).made).toBe(true);
  });

  it('by a clone that came to stand there meanwhile is used as it is', async () => {
    const mirror = await shop.fill();
    const reports = await Promise.all([shop.clone({}, { mirror }), shop.clone({}, { mirror })]);
    expect(reports.map(({ made }) => made).sort()).toEqual([false, true]);
    expect(await readdir(workspace())).toEqual(['api']);
    expect(await api('status', '--porcelain')).toBe('');
  });
});

describe('many clones at once', () => {
  it('of one mirror are all whole', async () => {
    const mirror = await shop.fill();
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      names.map((name) => shop.clone({ path: join(workspace(), name), branch: `feature/${name}` }, { mirror })),
    );
    for (const name of names)
      expect(await shop.git(join(workspace(), name), 'status', '--porcelain', '--branch')).toBe(`## feature/${name}`);
    expect((await readdir(workspace())).sort()).toEqual(names);
    expect((await readdir(shop.path('cache', 'mirrors'))).filter((name) => name.includes('lock'))).toEqual([]);
  });
});

it('a submodule with a relative URL is taken from beside the real origin, not from beside the mirror', async () => {
  const { env, path } = shop;
  await makeRepo(path('servers', 'lib'), { env });
  await shop.git(shop.checkout, 'submodule', '--quiet', 'add', '--', '../lib', 'lib');
  await shop.git(shop.checkout, 'commit', '-q', '-m', 'A submodule');
  await shop.git(shop.checkout, 'push', '-q');
  expect((await shop.clone()).notes).toEqual([]);
  expect(await readFile(join(shop.spec().path, 'lib', 'README.md'), 'utf8')).toBe('# A project\n');
  expect(await api('submodule', 'status')).toMatch(/^ [0-9a-f]{40} lib/);
});
