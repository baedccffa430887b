import { stat } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bringWork } from '../../src/git/bringWork.ts';
import { readCheckout } from '../../src/git/checkout.ts';
import { diffArgs } from '../../src/git/diff.ts';
import { readTree } from '../../src/git/tree.ts';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await makeShop();
});
afterAll(() => shop.dispose());

/** Names that git lets through (2.39); CANARY stands for a file that a shell or tmux would make if one ever read them. */
const NAMES = [
  '#(touch${IFS}CANARY)',
  '$(touch${IFS}CANARY)',
  '`touch${IFS}CANARY`',
  'a\'b"c;touch${IFS}CANARY',
  'a&&b|c',
  '#{session_name}%H##',
  'grüße/日本-🚀,}',
  '(detached)x',
  'refs/heads/x',
  '@@@',
];

it.each(NAMES)('a branch named %s is made, found again, based upon, compared: and nothing runs', async (name) => {
  const { env, path } = shop;
  const branch = name.replace('CANARY', path('pwned'));
  const place = (kind: string) => path('trees', `${kind}${NAMES.indexOf(name)}`);
  await shop.git(shop.checkout, 'branch', '--', branch);
  await shop.git(shop.checkout, 'push', '-q', 'origin', `refs/heads/${branch}`);
  const options = { base: branch, env };

  expect((await shop.clone({ branch, path: place('own') })).start).toBe(`origin/${branch}, which exists`);
  const based = place('based');
  await shop.clone({ path: based, branch: `on/${branch}`, base: { kind: 'branch', name: branch } });
  expect(await readTree(based, { repo: shop.origin, env })).toMatchObject({ branch: `on/${branch}` });
  expect(await readTreeStatus(based, options)).toMatchObject({ branch: `on/${branch}`, ahead: 0, behind: 0 });
  expect(await shop.git(based, ...(await diffArgs(based, options)))).toBe('');

  await shop.git(shop.checkout, 'checkout', '-q', branch, '--');
  expect(await readCheckout(shop.checkout, env)).toMatchObject({ branch });
  const tree = shop.spec({ path: place('tree'), branch: `wt/${branch}`, base: { kind: 'branch', name: branch } });
  await makeWorktree({ spec: tree, checkout: shop.checkout, env, onLine: () => undefined });
  await bringWork({ spec: tree, checkout: shop.checkout, env, onLine: () => undefined });
  expect(await readTree(tree.path, { repo: shop.origin, env })).toMatchObject({ branch: `wt/${branch}` });

  await expect(stat(path('pwned'))).rejects.toThrow('ENOENT');
});
