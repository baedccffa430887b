import { mkdir, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
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
  await shop.git(shop.sandbox.root, 'config', '--global', `includeIf.gitdir:${shop.checkout}/.path`, path('work.config'));
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
