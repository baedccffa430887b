import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeSyncShared, makeSyncShared } from '../../src/git/syncShared.ts';
import { makeGitSpy } from './gitSpy.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

it('a clone that has its base already costs one git, also with commits of its own', async () => {
  const { shop } = scene;
  const spy = await makeGitSpy(shop.path('spy'), { env: shop.env });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  await scene.sync();
  await scene.commit({ 'src/b.txt': 'mine\n' });
  const mirror = await shop.fill();
  expect(await scene.sync({ mirror, env: spy.env })).toMatchObject({ outcome: 'current', base: 'origin/main' });
  expect((await spy.calls()).map((call) => /status|other/.exec(call)?.[0])).toEqual(['status']);
});

it('a clone that is rebased costs eight, and what all clones have in common is asked once', async () => {
  const { shop, tree } = scene;
  const other = shop.path('work space', 'web');
  await shop.clone({ path: other, branch: 'feature/web' });
  const commit = async (path: string): Promise<void> => {
    await shop.git(path, 'commit', '-q', '--allow-empty', '-m', 'First');
    await shop.git(path, 'rm', '-q', 'src/b.txt');
    await shop.git(path, 'commit', '-q', '-m', 'Own');
  };
  await scene.upstream({ 'src/a.txt': 'before\n' });
  for (const path of [tree, other]) {
    await commit(path);
    await scene.sync({ tree: path });
  }
  const spy = await makeGitSpy(shop.path('spy'), { env: shop.env });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  const [mirror, shared] = [await shop.fill(), makeSyncShared()];
  expect(await scene.sync({ tree, mirror, shared, env: spy.env })).toMatchObject({
    outcome: 'rebased',
    brought: 1,
    made: 2,
  });
  const first = await spy.calls();
  expect(await scene.sync({ tree: other, mirror, shared, env: spy.env })).toMatchObject({
    outcome: 'rebased',
    brought: 1,
    made: 2,
  });
  const second = await spy.calls();
  await closeSyncShared(shared);
  // The merge is one a commit.
  expect(
    second.map((call) => /fetch:|status|rev-list|merge-tree|diff-tree|sync:|read-tree/.exec(call)?.[0] ?? call),
  ).toEqual(['fetch:', 'status', 'rev-list', 'merge-tree', 'merge-tree', 'diff-tree', 'sync:', 'status', 'read-tree']);
  expect(first.length - second.length).toBeLessThanOrEqual(7);
  for (const path of [tree, other]) expect(await shop.git(path, 'fsck', '--strict')).not.toMatch(/missing|broken/);
});

it('a base that somebody moves while it is compared with is noticed: no own commit is taken for part of it', async () => {
  const { shop, tree } = scene;
  await scene.commit({ 'one.txt': 'one\n' }, 'One');
  await scene.commit({ 'two.txt': 'two\n' }, 'Two');
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  // As if the agent had merged and pushed its first commit right when git is asked how the branch stands to origin/main.
  const before = `case "$*" in *ahead-behind*)
    [ -e '${shop.path('moved')}' ] || { : >'${shop.path('moved')}'
      tip=$(git -C '${tree}' rev-parse origin/main)
      merge=$(git -C '${tree}' commit-tree "$tip^{tree}" -p "$tip" -p HEAD~1 -m Merge)
      git -C '${tree}' update-ref refs/remotes/origin/main "$merge"; };;
  esac`;
  const spy = await makeGitSpy(shop.path('spy'), { env: shop.env, before });
  expect(['rebased', 'merged']).toContain((await scene.sync({ env: spy.env })).outcome);
  expect(await readFile(join(tree, 'one.txt'), 'utf8')).toBe('one\n');
  expect(await readFile(join(tree, 'two.txt'), 'utf8')).toBe('two\n');
});

it('a commit that another stands in for (git replace) is rebased as it was written, and the other stays', async () => {
  await scene.commit({ 'one.txt': 'one\n' }, 'As written');
  const other = await scene.git('commit-tree', 'HEAD^{tree}', '-p', 'HEAD~1', '-m', 'As replaced');
  await scene.git('replace', 'HEAD', other.trim());
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'rebased', made: 1 });
  expect(await scene.git('log', '-1', '--format=%s')).toBe('As written');
  expect(await scene.git('log', '-1', '--format=%s', other.trim())).toBe('As replaced');
});
