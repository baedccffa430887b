import { appendFile, chmod, mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckout } from '../../src/git/checkout.ts';
import { readCheckoutFiles } from '../../src/git/checkoutFiles.ts';
import { isSilentOnRemotes, parsePlainConfig } from '../../src/git/plainConfig.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
  // A path that git need not quote in its configuration, as most are.
  await shop.git(shop.checkout, 'remote', 'set-url', 'origin', 'git@example.com:team/shop.git');
});
afterEach(() => shop.dispose());

/** A variable that steers git: everything is then asked of git itself. */
const ASK = { GIT_DISCOVERY_ACROSS_FILESYSTEM: '0' };
const configOf = () => join(shop.checkout, '.git', 'config');

type Change = readonly [what: string, make: () => Promise<unknown>];

const TOLD_BY_FILES: readonly Change[] = [
  ['as git made it', () => Promise.resolve()],
  ['detached', () => shop.git(shop.checkout, 'checkout', '-q', '--detach')],
  ['with packed refs', () => shop.git(shop.checkout, 'pack-refs', '--all')],
  ['on a branch in folders', () => shop.git(shop.checkout, 'checkout', '-q', '-b', 'grüße/a/b')],
  ['without an origin', () => shop.git(shop.checkout, 'remote', 'remove', 'origin')],
  ['with two URLs of its origin', () => shop.git(shop.checkout, 'remote', 'set-url', '--add', 'origin', '../other')],
  [
    'with comments and odd spelling',
    () => appendFile(configOf(), '# a\n\t; b\n[REMOTE "Origin"]\nURL=x\n[Remote "origin"]\n  Url=second\n'),
  ],
];

const TOLD_BY_GIT: readonly Change[] = [
  [
    'with an included file',
    () =>
      writeFile(join(shop.checkout, '.git', 'more'), '[remote "origin"]\nurl = from-include\n').then(() =>
        shop.git(shop.checkout, 'config', 'include.path', 'more'),
      ),
  ],
  [
    'with a configuration of the worktree',
    () => shop.git(shop.checkout, 'config', 'extensions.worktreeConfig', 'true'),
  ],
  [
    'with its work tree elsewhere',
    () =>
      mkdir(shop.path('elsewhere')).then(() =>
        shop.git(shop.checkout, 'config', 'core.worktree', shop.path('elsewhere')),
      ),
  ],
  ['with a quoted origin', () => shop.git(shop.checkout, 'remote', 'set-url', 'origin', shop.origin)],
  ['with a comment behind its origin', () => appendFile(configOf(), '[remote "origin"] # mine\n')],
  ['on an unborn branch', () => shop.git(shop.checkout, 'checkout', '-q', '--orphan', 'new')],
  [
    'with HEAD as a link',
    async () => {
      await rename(join(shop.checkout, '.git', 'HEAD'), join(shop.checkout, '.git', 'old'));
      await symlink('refs/heads/main', join(shop.checkout, '.git', 'HEAD'));
    },
  ],
];

describe('a checkout', () => {
  it.each(TOLD_BY_FILES)('%s is told by its files, and as git tells it', async (_, make) => {
    await make();
    const files = readCheckoutFiles(join(shop.checkout, 'src'), shop.env);
    expect(files).not.toBe('unknown');
    expect(files).toMatchObject({ root: shop.checkout });
    await expectAlike();
  });

  it.each(TOLD_BY_GIT)('%s is told by git', async (_, make) => {
    await make();
    expect(readCheckoutFiles(join(shop.checkout, 'src'), shop.env)).toBe('unknown');
    await expectAlike();
  });

  it('that is a linked worktree is told by its files', async () => {
    await shop.git(shop.checkout, 'worktree', 'add', '-q', '-b', 'feature/x', shop.path('side'));
    expect(readCheckoutFiles(shop.path('side'), shop.env)).toEqual({
      root: shop.path('side'),
      origin: { url: 'git@example.com:team/shop.git' },
      branch: 'feature/x',
    });
  });

  it('behind a link is told by the path it really has', async () => {
    await symlink(shop.checkout, shop.path('link'));
    expect(readCheckoutFiles(shop.path('link', 'src'), shop.env)).toMatchObject({ root: shop.checkout });
  });

  it('that is a submodule, whose work tree its configuration names, is told by git', async () => {
    await shop.git(shop.checkout, 'submodule', 'add', '-q', '--', shop.origin, 'sub');
    expect(readCheckoutFiles(join(shop.checkout, 'sub'), shop.env)).toBe('unknown');
    expect(await readCheckout(join(shop.checkout, 'sub'), shop.env)).toMatchObject({
      root: join(shop.checkout, 'sub'),
      branch: 'main',
    });
  });

  it('is left to git where a folder on the way up looks like a repository, is damaged, or git is steered or missing', async () => {
    expect(readCheckoutFiles(shop.origin, shop.env)).toBe('unknown');
    expect(readCheckoutFiles(shop.checkout, { ...shop.env, ...ASK })).toBe('unknown');
    expect(readCheckoutFiles(shop.checkout, { ...shop.env, PATH: shop.path('nowhere') })).toBe('unknown');
    expect(readCheckoutFiles(shop.path('not', 'there'), shop.env)).toBe('unknown');
    await mkdir(join(shop.checkout, 'src', '.git'));
    expect(readCheckoutFiles(join(shop.checkout, 'src'), shop.env)).toBe('unknown');
    await expectAlike();
  });

  it('is none above which there is no .git; below a mount point git is asked, which may look across it', async () => {
    const isMounted = (await stat(shop.sandbox.home)).dev !== (await stat('/')).dev;
    expect(readCheckoutFiles(shop.sandbox.home, shop.env)).toBe(isMounted ? 'unknown' : null);
    expect(await readCheckout(shop.sandbox.home, shop.env)).toBeNull();
  });

  it("has an origin that only git tells where the user's configuration speaks of remotes or includes other files", async () => {
    await writeFile(shop.path('global'), `[remote "origin"]\n\turl = everywhere\n`);
    const env = { ...shop.env, GIT_CONFIG_GLOBAL: shop.path('global') };
    expect(readCheckoutFiles(shop.checkout, env)).toMatchObject({
      root: shop.checkout,
      branch: 'main',
      origin: 'unknown',
    });
    expect(await readCheckout(shop.checkout, env)).toMatchObject({ origin: join(shop.checkout, 'everywhere') });
  });

  it('costs no git process in the common case', async () => {
    await mkdir(shop.path('bin'));
    await writeFile(shop.path('bin', 'git'), '#!/bin/sh\nexit 99\n');
    await chmod(shop.path('bin', 'git'), 0o755);
    expect(await readCheckout(shop.checkout, { ...shop.env, PATH: shop.path('bin') })).toEqual({
      root: shop.checkout,
      origin: 'git@example.com:team/shop.git',
      branch: 'main',
      worktreeInclude: [],
    });
  });
});

async function expectAlike(): Promise<void> {
  const cwd = join(shop.checkout, 'src');
  expect(await readCheckout(cwd, shop.env)).toEqual(await readCheckout(cwd, { ...shop.env, ...ASK }));
}

describe("git's configuration files", () => {
  it.each([
    '[core]\n\tbare\n',
    '[core]\n\tbare = true\n',
    '[core] bare = false\n',
    '[a "b\\"c"]\n',
    '[alias]\n\tx = a \\\n\tb\n',
    '[extensions]\n\tobjectFormat = sha256\n',
    '[includeIf "gitdir:/"]\n\tpath = x\n',
    'stray\n',
    '\ufeffx',
  ])('are left to git when they say %j', (text) => expect(parsePlainConfig(text)).toBeNull());

  it('of the user are silent on remotes unless a section could name one', () => {
    expect(isSilentOnRemotes('[user]\n\tname = A\n[alias]\n\tr = remote -v\n')).toBe(true);
    for (const text of ['[Include]\n', '[includeIf "x"]\n', ' [REMOTE "origin"]\n', '[remote.origin]\n'])
      expect(isSilentOnRemotes(text)).toBe(false);
  });
});
