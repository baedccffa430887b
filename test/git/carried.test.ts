import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeMissingHooks } from '../../src/git/missingHooks.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeRepo } from '../support/repo.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const api = (...args: string[]) => shop.git(shop.spec().path, ...args);

it("the checkout's identity comes along by an allow-list and is listed; secrets and other settings stay", async () => {
  const set = (key: string, value: string) => shop.git(shop.checkout, 'config', '--add', key, value);
  await set('user.email', 'me "at" work\\x');
  await set('commit.gpgsign', 'false');
  await set('core.hooksPath', '.husky/_');
  await set('remote.My.Fork.url', 'https://me:s3cret@example.com/me/shop.git');
  await set('remote.My.Fork.fetch', '+refs/heads/*:refs/remotes/My.Fork/*');
  await set('http.extraHeader', 'Authorization: s3cret');
  await set('alias.x', '!touch pwned');
  const report = await shop.clone();
  expect(report.carried).toEqual([
    'user.email = me "at" work\\x',
    'commit.gpgsign = false',
    'remote.My.Fork.url = https://***@example.com/me/shop.git',
    'core.hookspath = .husky/_',
  ]);
  expect(await api('config', 'user.email')).toBe('me "at" work\\x');
  expect(await api('config', 'core.hooksPath')).toBe('.husky/_');
  expect(await api('config', 'remote.My.Fork.url')).toBe('https://me:s3cret@example.com/me/shop.git');
  expect(await api('remote')).toBe('My.Fork\norigin');
  await expect(api('config', 'alias.x')).rejects.toThrow();
  await expect(api('config', 'http.extraHeader')).rejects.toThrow();
});

it("the checkout's identity comes along from an includeIf that only holds in the checkout", async () => {
  const { path } = shop;
  await writeFile(path('work.config'), '[user]\n\temail = me@work.example\n');
  await shop.git(
    shop.sandbox.root,
    'config',
    '--global',
    `includeIf.gitdir:${shop.checkout}/.path`,
    path('work.config'),
  );
  expect((await shop.clone()).carried).toEqual(['user.email = me@work.example']);
  expect(await api('config', '--local', 'user.email')).toBe('me@work.example');
});

it("the checkout's identity is not given to a clone of another repository", async () => {
  const { env, path } = shop;
  await makeRepo(path('other'), { env });
  await shop.git(shop.checkout, 'config', 'user.email', 'me@work.example');
  expect((await shop.clone({ repo: path('other') })).carried).toEqual([]);
});

it("the checkout's identity names hooks that do not run while the clone is made", async () => {
  const { path } = shop;
  await mkdir(path('hooks'));
  await writeFile(path('hooks', 'post-checkout'), `#!/bin/sh\ntouch '${path('ran')}'\n`, { mode: 0o755 });
  await shop.git(shop.checkout, 'config', 'core.hooksPath', path('hooks'));
  await shop.clone();
  await expect(stat(path('ran'))).rejects.toThrow('ENOENT');
  await api('checkout', '-q', '-b', 'other');
  await stat(path('ran'));
});

const offOf = async (): Promise<string> =>
  (await describeMissingHooks(shop.spec().path, { checkout: shop.checkout, env: shop.env })) ?? '';
const hook = async (...folder: string[]): Promise<void> => {
  await mkdir(join(...folder), { recursive: true });
  for (const name of ['pre-commit', 'commit-msg', 'pre-push.sample'])
    await writeFile(join(...folder, name), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(...folder, 'post-merge'), 'not a program');
};

it('a hooks folder that the clone lacks is named, at the clone and later, until something makes it', async () => {
  await shop.git(shop.checkout, 'config', 'core.hooksPath', '.husky/_');
  await hook(shop.checkout, '.husky', '_');
  expect((await shop.clone()).notes).toEqual([
    expect.stringMatching(/^hooks are off: core\.hooksPath is \.husky\/_, and the clone has no such folder/),
  ]);
  expect(await offOf()).toContain('hooks are off');
  await hook(shop.spec().path, '.husky', '_');
  expect(await offOf()).toBe('');
  const worktree = await makeWorktree({
    spec: shop.spec({ path: shop.path('worktree'), branch: 'x' }),
    checkout: shop.checkout,
    env: shop.env,
    onLine: () => undefined,
  });
  expect(worktree.notes).toEqual([expect.stringContaining('hooks are off')]);
});

it("hooks of the checkout's own folder that a clone lacks are named; a worktree has them", async () => {
  await hook(shop.checkout, '.git', 'hooks');
  const { notes } = await shop.clone();
  expect(notes).toEqual([expect.stringMatching(/do not run in it: commit-msg, pre-commit; /)]);
  await hook(shop.spec().path, '.git', 'hooks');
  expect(await offOf()).toBe('');
  const worktree = await makeWorktree({
    spec: shop.spec({ path: shop.path('worktree'), branch: 'x' }),
    checkout: shop.checkout,
    env: shop.env,
    onLine: () => undefined,
  });
  expect(worktree.notes).toEqual([]);
});

it('a hooks folder that every repository has, named in full or from the home folder, is not called missing', async () => {
  for (const [written, folder] of [
    [shop.path('hooks'), shop.path('hooks')],
    ['~/hooks', shop.path('home', 'hooks')],
  ] as const) {
    await mkdir(folder, { recursive: true });
    await shop.git(shop.checkout, 'config', 'core.hooksPath', written);
    expect((await shop.clone({ path: shop.path(`to ${written.replaceAll('/', '-')}`) })).notes).toEqual([]);
  }
});
