import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRemoteNow, type RemoteNow } from '../../src/git/remoteNow.ts';
import { readTreeRisks, readUnmergedBranch, type RiskOptions } from '../../src/git/treeRisks.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { describeProof } from '../../src/status/mergeProof.ts';
import { describeRisk } from '../../src/status/treeRisk.ts';
import { AT_RISK, expectStillThere, PLACES_AT_RISK } from './atRisk.ts';
import { makeShop, type Shop } from './fixture.ts';
import { makeGitSpy } from './gitSpy.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
  await shop.clone();
});
afterEach(() => shop.dispose());

const ask = async (more: Partial<RiskOptions> = {}, tree = shop.spec().path): Promise<string[]> => {
  const options = { base: null, include: ['.env'], checkout: shop.checkout, remote: null, env: shop.env, ...more };
  return (await readTreeRisks(await realpath(tree), options)).map(describeRisk);
};
const now = (repo = shop.origin): Promise<RemoteNow | null> =>
  readRemoteNow({ repo, checkout: shop.checkout, cacheDir: shop.path('cache'), env: shop.env });
const inTree = (...args: string[]): Promise<string> => shop.git(shop.spec().path, ...args);
const write = (name: string, text: string): Promise<void> => writeFile(join(shop.spec().path, name), text);
async function commit(name: string, text: string): Promise<void> {
  await write(name, text);
  await inTree('add', '--', name);
  await inTree('commit', '-q', '-m', `Change ${name}`);
}

describe('a clone with', () => {
  it.each(AT_RISK)('$what is at risk', async ({ risk, cannotTell = false, make }) => {
    const tree = await realpath(shop.spec().path);
    const { witness, end } = await make({ sandbox: shop.sandbox, env: shop.env, tree });
    const risks = await readTreeRisks(tree, {
      base: null,
      include: ['.env'],
      checkout: shop.checkout,
      remote: await now(),
      env: shop.env,
    });
    await end?.();
    expect(risks.map(({ kind }) => kind)).toContain(cannotTell ? 'unknown' : risk);
    expect(risks.some(({ kind }) => kind === 'unknown')).toBe(cannotTell);
    await expectStillThere(tree, witness, shop.env);
  });

  it.each(PLACES_AT_RISK)('$what is at risk, or nobody can tell', async ({ make }) => {
    const tree = await realpath(shop.spec().path);
    const { witness } = await make({ sandbox: shop.sandbox, env: shop.env, tree });
    expect(await ask({}, tree)).not.toEqual([]);
    await expectStillThere(tree, witness, shop.env);
  });
});

it('a new clone has nothing to lose, with the remote at hand and without', async () => {
  expect(await ask()).toEqual([]);
  expect(await ask({ remote: await now() })).toEqual([]);
});

it('an ordinary clone is looked at with ten gits', async () => {
  const [spy, remote] = [await makeGitSpy(shop.path('spy'), { env: shop.env }), await now()];
  expect(await ask({ remote, env: spy.env })).toEqual([]);
  expect((await spy.calls()).length).toBeLessThanOrEqual(10);
});

it('the inventory changes nothing in the clone', async () => {
  await commit('src/a.txt', 'mine\n');
  const before = await shop.git(shop.spec().path, 'count-objects', '-v');
  await ask({ remote: await now() });
  expect(await shop.git(shop.spec().path, 'count-objects', '-v')).toBe(before);
});

it('ignored files that are as in the checkout, or made by a tool, are not at risk; a copy that differs is', async () => {
  await writeFile(join(shop.checkout, '.env'), 'A=1\n');
  await write('.env', 'A=1\n');
  await inTree('config', 'core.excludesFile', '/dev/null');
  expect(await ask()).toEqual([]);
  await write('.env', 'A=2\n');
  expect(await ask()).toEqual(["1 ignored file that differs from the checkout's: .env"]);
});

it('says what it found in words, with a few samples of each', async () => {
  await commit('src/a.txt', 'mine\n');
  for (const name of ['a', 'b', 'c', 'd']) await write(`new-${name}`, '');
  const [untracked, unpushed] = await ask();
  expect(untracked).toBe('4 untracked files: new-a, new-b, new-c, …');
  expect(unpushed).toMatch(/^1 unmerged commit on "feature\/api": [0-9a-f]{7} Change src\/a\.txt$/);
});

describe('merged by content', () => {
  /** Two commits on the branch; then `merge` brings them to origin's main by way of the checkout. */
  async function merged(merge: string[][]): Promise<void> {
    await commit('src/a.txt', 'one\n');
    await commit('src/b.txt', 'two\n');
    await shop.git(shop.checkout, 'fetch', '-q', shop.spec().path, 'feature/api:theirs');
    for (const args of merge) await shop.git(shop.checkout, ...args);
    await shop.git(shop.checkout, 'push', '-q', 'origin', 'main');
  }
  const SQUASH = [
    ['merge', '-q', '--squash', 'theirs'],
    ['commit', '-q', '-m', 'Squashed'],
  ];

  it.each([
    ['a squash merge', SQUASH],
    ['a squash merge after which the base moved on', [...SQUASH, ['commit', '-q', '--allow-empty', '-m', 'More']]],
    ['a squash merge that somebody reverted later', [...SQUASH, ['revert', '--no-edit', 'HEAD']]],
    [
      'a rebase merge',
      [
        ['commit', '-q', '--allow-empty', '-m', 'Before'],
        ['cherry-pick', 'theirs~1', 'theirs'],
      ],
    ],
    [
      'two commits that together are the same',
      [
        ['cherry-pick', '--no-commit', 'theirs~1'],
        ['commit', '-q', '-m', 'First half'],
        ['cherry-pick', '--no-commit', 'theirs'],
        ['commit', '-q', '-m', 'Second half'],
      ],
    ],
  ])('%s keeps the work', async (_what, merge) => {
    await merged(merge);
    expect(await ask()).toHaveLength(1);
    expect(await ask({ remote: await now() })).toEqual([]);
  });

  it('half a merge does not', async () => {
    await merged([
      ['commit', '-q', '--allow-empty', '-m', 'Before'],
      ['cherry-pick', 'theirs~1'],
    ]);
    expect(await ask({ remote: await now() })).toEqual([
      expect.stringMatching(/^2 unmerged commits on "feature\/api"/),
    ]);
  });

  it('a squash merge with a change of its own in the same line does not', async () => {
    await merged([
      ['merge', '-q', '--squash', 'theirs'],
      ['rm', '-q', '-f', 'src/b.txt'],
      ['commit', '-q', '-m', 'Squashed in part'],
    ]);
    expect(await ask({ remote: await now() })).toHaveLength(1);
  });

  it.each([
    ['blanks', 'one\n', '  one\n'],
    ['line ends', 'one\n', 'one\r\n'],
  ])('%s apart is not merged', async (_what, theirs, mine) => {
    await commit('src/a.txt', `a\n${mine}`);
    await writeFile(join(shop.checkout, 'src', 'a.txt'), `a\n${theirs}`);
    for (const args of [
      ['commit', '-q', '-a', '-m', 'Theirs'],
      ['push', '-q', 'origin', 'main'],
    ])
      await shop.git(shop.checkout, ...args);
    expect(await ask({ remote: await now(), onlyAsked: true })).toEqual([
      expect.stringMatching(/^1 unmerged commit on "feature\/api"/),
    ]);
  });

  it('is proven by what the remote has, and the proof is said', async () => {
    await merged(SQUASH);
    const proofs: string[] = [];
    expect(
      await ask({ remote: await now(), onlyAsked: true, onProof: (proven) => proofs.push(describeProof(proven)) }),
    ).toEqual([]);
    const squash = (await shop.git(shop.origin, 'rev-parse', 'main')).slice(0, 12);
    expect(proofs).toContain(`"feature/api": same patch as ${squash} in origin/main`);
  });

  it('is seen without network when the clone itself fetched it', async () => {
    await merged(SQUASH);
    await inTree('fetch', '-q', 'origin');
    expect(await ask()).toEqual([]);
  });
});

it('a pushed branch that was deleted on the remote without a merge is at risk again, as soon as the remote is asked', async () => {
  await commit('src/a.txt', 'mine\n');
  await inTree('push', '-q', 'origin', 'feature/api');
  expect(await ask({ remote: await now() })).toEqual([]);
  await shop.git(shop.origin, 'branch', '-q', '-D', 'feature/api');
  expect(await ask()).toEqual([]);
  expect(await ask({ remote: await now() })).toHaveLength(1);
});

it('a remote that borrows the objects of a clone does not count as one that answers', async () => {
  await commit('src/a.txt', 'mine\n');
  const borrower = shop.path('borrower.git');
  await shop.git(shop.spec().path, 'clone', '-q', '--bare', '--shared', '.', borrower);
  expect(await now(borrower)).toMatchObject({ fresh: false });
  expect(await now()).toMatchObject({ fresh: true });
});

it('a remote that cannot be reached is judged by what was fetched last', async () => {
  await commit('src/a.txt', 'mine\n');
  await inTree('push', '-q', 'origin', 'feature/api');
  await now();
  await rm(shop.origin, { recursive: true });
  const remote = await now();
  expect(remote?.fresh).toBe(false);
  expect(await ask({ remote })).toEqual([]);
});

it('what cannot be read counts as at risk, with the reason', async () => {
  await writeFile(join(shop.spec().path, '.git', 'index'), 'damaged');
  expect(await ask()).toEqual(expect.arrayContaining([expect.stringMatching(/^cannot tell which files changed: /)]));
});

it('a submodule taken out of the work tree keeps its unpushed commits at risk', async () => {
  const submodule = AT_RISK.find(({ what }) => what === 'an unpushed commit in a submodule');
  await submodule?.make({ sandbox: shop.sandbox, env: shop.env, tree: shop.spec().path });
  await inTree('submodule', 'deinit', '-q', '-f', 'libs/part');
  expect(await ask()).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^1 commit on no branch \(detached HEAD\) in "\.git\/modules\/libs\/part"/),
    ]),
  );
});

it('a worktree elsewhere that belongs to the clone is at risk, and one inside is looked into', async () => {
  await inTree('worktree', 'add', '-q', '-b', 'far', shop.path('far'));
  await inTree('worktree', 'add', '-q', '-b', 'near', 'node_modules/near');
  await writeFile(join(shop.spec().path, 'node_modules', 'near', 'new.txt'), 'new\n');
  expect((await ask()).sort()).toEqual([
    `1 untracked file in "node_modules/near": new.txt`,
    `1 worktree elsewhere that belongs to it: ${shop.path('far')}`,
  ]);
});

it('a folder of the project that looks like a repository is content', async () => {
  for (const name of ['HEAD', 'config', 'objects/keep', 'refs/heads/main']) {
    await mkdir(dirname(join(shop.spec().path, 'fixture.git', name)), { recursive: true });
    await write(`fixture.git/${name}`, 'test data\n');
  }
  await inTree('add', '-f', 'fixture.git');
  await inTree('commit', '-q', '-m', 'Test data');
  await inTree('push', '-q', 'origin', 'HEAD');
  expect(await ask({ remote: await now() })).toEqual([]);
});

it('a worktree loses its files and its detached commits with its folder, its branch stays', async () => {
  const path = shop.path('work space', 'tree');
  await makeWorktree({
    spec: shop.spec({ path, branch: 'feature/tree' }),
    checkout: shop.checkout,
    env: shop.env,
    onLine: () => undefined,
  });
  await writeFile(join(path, 'src', 'a.txt'), 'mine\n');
  await shop.git(path, 'commit', '-q', '-a', '-m', 'In the worktree');
  expect(await ask({}, path)).toEqual([]);
  expect(
    (await readUnmergedBranch(path, { base: null, remote: null, env: shop.env })).map(({ kind, name }) => [kind, name]),
  ).toEqual([['unpushed', 'feature/tree']]);
  await shop.git(path, 'checkout', '-q', '--detach');
  await shop.git(path, 'commit', '-q', '--allow-empty', '-m', 'Detached');
  await writeFile(join(path, 'new.txt'), 'new\n');
  expect((await ask({}, path)).map((line) => line.replace(/: .*/, ''))).toEqual([
    '1 untracked file',
    '1 commit on no branch (detached HEAD)',
  ]);
});
