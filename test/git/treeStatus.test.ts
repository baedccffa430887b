import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diffArgs } from '../../src/git/diff.ts';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const read = (path = shop.checkout, base: string | null = null) => readTreeStatus(path, { base, env: shop.env });
const at = (...args: string[]) => shop.git(shop.checkout, ...args);
const write = (name: string, text: string) => writeFile(join(shop.checkout, name), text);
const commit = async (name: string, text: string) => {
  await write(name, text);
  await at('add', '--', name);
  await at('commit', '-q', '-m', `Write ${name}`);
};

describe('the status of a tree', () => {
  it('counts each path once', async () => {
    await write('src/a.txt', 'staged');
    await at('add', 'src/a.txt');
    await write('src/a.txt', 'and changed');
    await at('mv', 'src/b.txt', 'src/c.txt');
    await write('new "1"\n.txt', '');
    expect(await read()).toMatchObject({
      branch: 'main',
      changes: 3,
      staged: 2,
      untracked: 1,
      conflicts: 0,
      ahead: 0,
      behind: 0,
      operation: null,
    });
  });

  it('counts untracked files and commits also where the user has switched that off', async () => {
    await at('config', 'status.showUntrackedFiles', 'no');
    await at('config', 'status.aheadBehind', 'false');
    await write('new.txt', '');
    await at('commit', '-q', '--allow-empty', '-m', 'Ahead');
    expect(await read()).toMatchObject({ untracked: 1, ahead: 1, behind: 0 });
  });

  it('counts commits against the upstream, else against the base, else not at all', async () => {
    await at('commit', '-q', '--allow-empty', '-m', 'Ahead');
    expect(await read()).toMatchObject({ ahead: 1, behind: 0 });
    await at('checkout', '-q', '--no-track', '-b', 'feature/x');
    expect(await read()).toMatchObject({ ahead: 1, behind: 0 });
    expect(await read(shop.checkout, 'existing')).toMatchObject({ ahead: 1, behind: 1 });
    expect(await read(shop.checkout, 'nowhere')).toMatchObject({ ahead: null, behind: null });
    await at('branch', 'local', 'HEAD~1');
    expect(await read(shop.checkout, 'local')).toMatchObject({ ahead: 1, behind: 0 });
  });

  it('knows an unborn branch and a detached HEAD', async () => {
    await at('checkout', '-q', '--detach');
    expect(await read()).toMatchObject({ branch: null, ahead: 0 });
    await at('checkout', '-q', '--orphan', 'fresh');
    expect(await read()).toMatchObject({ branch: 'fresh', head: null, ahead: null });
  });

  it.each([
    ['merge', ['merge', 'other']],
    ['rebase', ['rebase', 'other']],
    ['cherry-pick', ['cherry-pick', 'other']],
  ])('names a %s in progress and its conflicts', async (operation, args) => {
    await at('checkout', '-q', '-b', 'other');
    await commit('src/a.txt', 'theirs');
    await at('checkout', '-q', 'main');
    await commit('src/a.txt', 'ours');
    await expect(at(...args)).rejects.toThrow();
    expect(await read()).toMatchObject({ operation, conflicts: 1, changes: 1 });
  });

  it('names a revert and a bisect, in a linked worktree too', async () => {
    await at('bisect', 'start');
    expect(await read()).toMatchObject({ operation: 'bisect' });
    await at('bisect', 'reset');
    const side = shop.path('side');
    await commit('src/a.txt', 'one');
    await at('worktree', 'add', '-q', '-b', 'side', side);
    await commit('src/a.txt', 'two');
    await shop.git(side, 'revert', '--no-commit', 'HEAD');
    expect(await read(side)).toMatchObject({ operation: 'revert' });
    expect(await read()).toMatchObject({ operation: null });
  });

  it('takes no lock: the index is not written', async () => {
    const before = (await stat(join(shop.checkout, '.git', 'index'))).mtimeMs;
    await read();
    expect((await stat(join(shop.checkout, '.git', 'index'))).mtimeMs).toBe(before);
  });

  it('of a folder inside another repository is an error, never that of the outer one', async () => {
    await mkdir(join(shop.checkout, 'sub'));
    await expect(read(join(shop.checkout, 'sub'))).rejects.toThrow('is not a git repository');
    await expect(read(shop.path('none'))).rejects.toThrow('is not a git repository');
  });

  it('of a clone whose .git git does not accept is an error, never that of a repository above it', async () => {
    const inner = join(shop.checkout, 'inner');
    await shop.git(shop.sandbox.root, 'clone', '-q', shop.checkout, inner);
    await writeFile(join(inner, '.git', 'HEAD'), 'cut sh');
    await expect(read(inner)).rejects.toThrow('not a git repository');
    await symlink(inner, shop.path('link'));
    await expect(read(shop.path('link'))).rejects.toThrow('not a git repository');
  });

  it('is an error when git gives no answer in time', async () => {
    await mkdir(shop.path('bin'));
    await writeFile(shop.path('bin', 'git'), '#!/bin/sh\nexec sleep 20\n', { mode: 0o755 });
    const env = { ...shop.env, PATH: `${shop.path('bin')}:${shop.env.PATH}` };
    await expect(readTreeStatus(shop.checkout, { base: null, env, timeoutMs: 200 })).rejects.toThrow(
      'no answer within 0.2 s',
    );
  });
});

describe('the diff of a session', () => {
  it('starts where its branch left the base and holds what is not committed', async () => {
    await at('checkout', '-q', '-b', 'feature/x');
    await commit('src/a.txt', 'committed\n');
    await write('src/b.txt', 'not committed\n');
    const args = await diffArgs(shop.checkout, { base: null, env: shop.env });
    const diff = await shop.git(shop.checkout, ...args);
    expect(diff).toContain('+committed');
    expect(diff).toContain('+not committed');
  });

  it('says when there is nothing to compare with', async () => {
    await expect(diffArgs(shop.checkout, { base: 'nowhere', env: shop.env })).rejects.toThrow(
      'has no commit in common with "nowhere"',
    );
  });
});

it('says at which tag a detached HEAD stands, else at which commit, and asks once while it stays there', async () => {
  await at('checkout', '-q', '--detach');
  const head = await at('rev-parse', 'HEAD');
  await at('tag', '-d', 'v1').catch(() => '');
  expect((await read()).detachedAt).toBe(head.slice(0, 9));
  await at('-c', 'tag.gpgSign=false', 'tag', '-a', '-m', 'One', 'v2.0');
  const tagged = await read();
  expect(tagged).toMatchObject({ branch: null, detachedAt: 'v2.0' });
  await at('tag', '-d', 'v2.0');
  expect((await readTreeStatus(shop.checkout, { base: null, env: shop.env, before: tagged })).detachedAt).toBe('v2.0');
  await at('checkout', '-q', '-B', 'main');
  expect((await read()).detachedAt).toBeNull();
});
