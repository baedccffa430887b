import { describe, expect, it } from 'vitest';
import { isRelative, isSameRepository, localPath, redact, repositoryName } from '../../src/git/remoteUrl.ts';

describe('two spellings', () => {
  it.each([
    ['git@example.com:team/shop.git', 'ssh://git@example.com/team/shop', true],
    ['git@example.com:team/shop.git', 'https://example.com/team/shop.git', true],
    ['git@EXAMPLE.com:team/shop', 'example.com:team/shop/', true],
    ['ssh://git@example.com:22/team/shop.git', 'git@example.com:team/shop', true],
    ['https://example.com:443/a.git', 'http://example.com:80/a', true],
    ['https://me:token@example.com/a', 'https://example.com/a.git', true],
    ['ssh://example.com:2222/a', 'ssh://example.com/a', false],
    ['git@[::1]:a/b.git', 'ssh://git@[::1]/a/b', true],
    ['/srv/shop.git', 'file:///srv/shop', true],
    ['/srv/shop/.git', '/srv/shop/', true],
    ['/srv/sh%20op', 'file:///srv/sh%20op', false],
    ['/srv/sh op', 'file:///srv/sh%20op', true],
    ['/srv/Shop', '/srv/shop', false],
    ['/srv/shop', 'example.com:srv/shop', false],
    ['https://example.com/team/shop', 'https://example.com/team/shop2', false],
    ['https://example.com/a', 'https://example.org/a', false],
    ['../shop', '/srv/shop', false],
  ])('%s and %s: the same repository is %s', (one, other, same) => {
    expect(isSameRepository(one, other)).toBe(same);
    expect(isSameRepository(other, one)).toBe(same);
  });
});

it.each([
  ['git@example.com:team/shop.git', null, 'shop', false],
  ['file:///srv/a%20b.git', '/srv/a b.git', 'a b', false],
  ['/srv/shop/', '/srv/shop/', 'shop', false],
  ['../shop.git', null, 'shop', true],
  ['./a:b', null, 'a:b', true],
])('%s: path %s, name %s, relative %s', (repo, path, name, relative) => {
  expect([localPath(repo), repositoryName(repo), isRelative(repo)]).toEqual([path, name, relative]);
});

it.each([
  [
    "fatal: unable to access 'https://me:pw@example.com/x/': nope",
    "fatal: unable to access 'https://***@example.com/x/': nope",
  ],
  ['https://ghp_token@example.com/x', 'https://***@example.com/x'],
  ['ssh://git@example.com/x and git@example.com:x', 'ssh://git@example.com/x and git@example.com:x'],
  ['ssh://git:pw@example.com/x', 'ssh://git:***@example.com/x'],
  ['mail me@example.com', 'mail me@example.com'],
])('%s shows no password', (text, shown) => {
  expect(redact(text)).toBe(shown);
});
