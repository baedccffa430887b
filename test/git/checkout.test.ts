import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCheckout } from '../../src/git/checkout.ts';
import { readCheckoutScope } from '../../src/git/checkoutScope.ts';
import { readUnsharedWork } from '../../src/git/unsharedWork.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const read = (cwd: string, more: Record<string, string> = {}) => readCheckout(cwd, { ...shop.env, ...more });

describe('the checkout one stands in', () => {
  it('is found from its root and from a folder below', async () => {
    const facts = { root: shop.checkout, origin: shop.origin, branch: 'main', worktreeInclude: [] };
    expect(await read(shop.checkout)).toEqual(facts);
    expect(await read(join(shop.checkout, 'src'))).toEqual(facts);
  });

  it('may be a linked worktree', async () => {
    const side = shop.path('side');
    await shop.git(shop.checkout, 'worktree', 'add', '-q', '-b', 'feature/x', side);
    expect(await read(side)).toEqual({ root: side, origin: shop.origin, branch: 'feature/x', worktreeInclude: [] });
  });

  it('has no branch when it is detached or unborn', async () => {
    await shop.git(shop.checkout, 'checkout', '-q', '--detach');
    expect(await read(shop.checkout)).toMatchObject({ branch: null });
    const fresh = shop.path('fresh');
    await shop.git(shop.sandbox.root, 'init', '-q', fresh);
    expect(await read(fresh)).toEqual({ root: fresh, origin: null, branch: null, worktreeInclude: [] });
  });

  it('is none outside a repository, inside a bare one and inside .git', async () => {
    expect(await read(shop.sandbox.home)).toBeNull();
    expect(await read(shop.origin)).toBeNull();
    expect(await read(join(shop.checkout, '.git'))).toBeNull();
  });

  it('is not taken from the variables of a hook that claude-tmux is started from', async () => {
    expect(
      await read(shop.sandbox.home, { GIT_DIR: join(shop.checkout, '.git'), GIT_WORK_TREE: shop.checkout }),
    ).toBeNull();
  });

  it('gives a relative origin from its root, and the first of several', async () => {
    await shop.git(shop.checkout, 'remote', 'set-url', 'origin', '../servers/x.git');
    await shop.git(shop.checkout, 'remote', 'set-url', '--add', 'origin', 'git@example.com:x');
    expect(await read(shop.checkout)).toMatchObject({ origin: shop.path('servers', 'x.git') });
  });

  it('lists the globs of .worktreeinclude without comments and blank lines', async () => {
    await writeFile(join(shop.checkout, '.worktreeinclude'), '# copies\r\n.env  \r\n\n  \n!keep\n*.local\n');
    expect(await read(shop.checkout)).toMatchObject({ worktreeInclude: ['.env', '!keep', '*.local'] });
  });
});

describe('work that clones will not have', () => {
  const unshared = (origin: string | null = shop.origin) =>
    readUnsharedWork({ root: shop.checkout, origin }, { ours: [], env: shop.env });

  it('is none in a fresh checkout', async () => {
    expect(await unshared()).toEqual({ uncommitted: 0, untracked: 0, unpushed: 0 });
  });

  it('is counted: changes staged or not, untracked files, commits that are not pushed', async () => {
    await shop.git(shop.checkout, 'commit', '-q', '--allow-empty', '-m', 'Unpushed');
    await writeFile(join(shop.checkout, 'README.md'), 'changed');
    await writeFile(join(shop.checkout, 'src', 'a.txt'), 'changed');
    await shop.git(shop.checkout, 'add', 'src/a.txt');
    await writeFile(join(shop.checkout, 'new.txt'), 'new');
    await writeFile(join(shop.checkout, '.env'), 'ignored');
    expect(await unshared()).toEqual({ uncommitted: 2, untracked: 1, unpushed: 1 });
  });

  it('of a checkout without origin is only what is on no branch', async () => {
    await shop.git(shop.checkout, 'commit', '-q', '--allow-empty', '-m', 'On main');
    expect(await unshared(null)).toMatchObject({ unpushed: 0 });
    await shop.git(shop.checkout, 'checkout', '-q', '--detach');
    await shop.git(shop.checkout, 'commit', '-q', '--allow-empty', '-m', 'On nothing');
    expect(await unshared(null)).toMatchObject({ unpushed: 1 });
  });

  it('is none in an empty repository', async () => {
    const fresh = shop.path('fresh');
    await mkdir(fresh);
    await shop.git(fresh, 'init', '-q');
    expect(await readUnsharedWork({ root: fresh, origin: null }, { ours: [], env: shop.env })).toEqual({
      uncommitted: 0,
      untracked: 0,
      unpushed: 0,
    });
  });
});

it('layout files of ours are no work that clones will miss, also in a folder that is untracked as a whole', async () => {
  const write = async (name: string): Promise<string> => {
    const path = join(shop.checkout, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'x');
    return path;
  };
  const ours = [await write('.claude-tmux.yaml'), await write('.claude-tmux/pair.yaml')];
  const untracked = async (): Promise<number> =>
    (await readUnsharedWork({ root: shop.checkout, origin: shop.origin }, { ours, env: shop.env })).untracked;
  const before = await untracked();
  expect(before).toBe(
    (await readUnsharedWork({ root: shop.checkout, origin: shop.origin }, { ours: [], env: shop.env })).untracked - 2,
  );
  await write('.claude-tmux/notes.md');
  await write('more/a.txt');
  expect(await untracked()).toBe(before + 2);
});

it('a checkout that is smaller than its clones will be is known by what makes it so', async () => {
  const scope = () => readCheckoutScope(shop.checkout, shop.env);
  expect(await scope()).toBeNull();
  await shop.git(shop.checkout, 'config', 'core.sparseCheckout', 'true');
  expect(await scope()).toBe('sparse');
  await shop.git(shop.checkout, 'config', 'remote.origin.promisor', 'true');
  expect(await scope()).toBe('sparse and partial');
  await shop.git(shop.checkout, 'config', 'core.sparseCheckout', 'false');
  expect(await scope()).toBe('partial');
  await shop.git(shop.checkout, 'config', '--unset', 'remote.origin.promisor');
  const shallow = shop.path('shallow');
  await shop.git(shop.path(), 'clone', '-q', '--depth', '1', `file://${shop.origin}`, shallow);
  expect(await readCheckoutScope(shallow, shop.env)).toBe('shallow');
});
