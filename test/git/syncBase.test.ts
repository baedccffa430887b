import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeSpace } from '../../src/git/objectSpace.ts';
import { makeSyncShared } from '../../src/git/syncShared.ts';
import { syncTree } from '../../src/git/syncTree.ts';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';
import { treeSnapshot } from './treeSnapshot.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

const subjects = (): Promise<string> => scene.git('log', '--format=%s');
const push = (): Promise<string> => scene.git('push', '-q', 'origin', 'HEAD');

/** Takes the base's last commit back and puts another in its place, as a force-push does. */
async function rewriteBase(): Promise<void> {
  await scene.origin('checkout', '-q', 'main');
  await scene.origin('reset', '-q', '--hard', 'HEAD~1');
  await scene.origin('commit', '-q', '--allow-empty', '-m', 'Instead');
  await scene.origin('push', '-q', '--force', 'origin', 'main');
}

describe('a base that was force-pushed', () => {
  it.each([
    { known: 'from the last sync, after the reflogs are gone', forget: true },
    { known: 'from the reflog of origin/main', forget: false },
  ])('is known $known: only the own commits are put on the new one', async ({ forget }) => {
    await scene.upstream({ 'gone.txt': 'gone\n' }, 'Taken back');
    await scene.sync();
    await scene.commit({ 'src/b.txt': 'mine\n' }, 'Mine');
    await scene.upstream({ 'more.txt': 'more\n' }, 'To be replaced');
    if (forget) {
      await scene.origin('checkout', '-q', 'main');
      await scene.origin('reset', '-q', '--hard', 'HEAD~1');
      await scene.git('reflog', 'expire', '--expire=now', '--all');
      await scene.git('gc', '-q', '--prune=now');
    } else {
      await scene.origin('reset', '-q', '--hard', 'HEAD~1');
      const [ref = ''] = (await scene.git('for-each-ref', '--format=%(refname)', 'refs/worktree')).split('\n');
      await scene.git('update-ref', '-d', ref);
    }
    await rewriteBase();
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased', made: 1 });
    expect((await subjects()).split('\n').slice(0, 2)).toEqual(['Mine', 'Instead']);
    expect(await subjects()).not.toContain('Taken back');
  });

  it('is left to the user when the branch is pushed', async () => {
    await scene.upstream({ 'gone.txt': 'gone\n' }, 'Taken back');
    await scene.sync();
    await scene.commit({ 'src/b.txt': 'mine\n' });
    await push();
    await rewriteBase();
    const result = await scene.sync();
    expect([result.outcome, result.reason]).toEqual([
      'skipped',
      'stands on commits that origin/main no longer has, and is pushed: choose with --mode rebase or --mode merge',
    ]);
    expect(await scene.sync({ mode: 'rebase' })).toMatchObject({ outcome: 'rebased', made: 1 });
  });
});

describe('a branch that is merged upstream already', () => {
  const twoCommits = async (): Promise<void> => {
    await scene.commit({ 'src/b.txt': 'one\n' }, 'One');
    await scene.commit({ 'src/b.txt': 'two\n', 'c.txt': 'c\n' }, 'Two');
    await push();
    await scene.origin('fetch', '-q');
    await scene.origin('checkout', '-q', 'main');
  };

  it.each([
    [
      'as a squash',
      [
        ['merge', '-q', '--squash', 'origin/feature/api'],
        ['commit', '-q', '-m', 'Squashed'],
      ],
    ],
    [
      'as a squash, with more work on the same lines since',
      [
        ['merge', '-q', '--squash', 'origin/feature/api'],
        ['commit', '-q', '-m', 'Squashed'],
        ['rm', '-q', 'src/b.txt'],
        ['commit', '-q', '-m', 'Changed again'],
      ],
    ],
    [
      'by a rebase',
      [
        ['commit', '-q', '--allow-empty', '-m', 'Other'],
        ['cherry-pick', 'origin/feature/api~1', 'origin/feature/api'],
      ],
    ],
  ])('%s is told so and left as it is', async (_, commands) => {
    await twoCommits();
    for (const command of commands) await scene.origin(...command);
    await scene.origin('push', '-q', 'origin', 'main');
    const before = await treeSnapshot(scene.tree, scene.shop.env);
    for (const mode of ['auto', 'rebase', 'merge'] as const)
      expect(await scene.sync({ mode })).toMatchObject({
        outcome: 'landed',
        reason: 'all of it is in origin/main already',
      });
    expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  });

  it.each([
    ['blanks', '  one\n'],
    ['line ends', 'one\r\n'],
  ])('but for %s is a conflict, not dropped and not called merged', async (_what, mine) => {
    await scene.commit({ 'src/a.txt': `a\n${mine}` }, 'Mine');
    await scene.upstream({ 'src/a.txt': 'a\none\n' }, 'Theirs');
    const before = await scene.git('rev-parse', 'HEAD');
    for (const mode of ['auto', 'rebase', 'merge'] as const)
      for (const mergesTrees of [true, false])
        expect(await scene.sync({ mode, mergesTrees })).toMatchObject({ outcome: 'conflict', files: ['src/a.txt'] });
    expect(await scene.git('rev-parse', 'HEAD')).toBe(before);
  });

  it('by a merge driver that takes the other side is a conflict: the driver is no proof', async () => {
    await scene.git('config', 'merge.theirs.driver', 'true');
    await writeFile(join(scene.tree, '.git', 'info', 'attributes'), '* merge=theirs\n');
    await scene.commit({ 'src/a.txt': 'mine\n' }, 'Mine');
    await scene.upstream({ 'src/a.txt': 'theirs\n' }, 'Theirs');
    for (const mergesTrees of [true, false])
      expect(await scene.sync({ mode: 'rebase', mergesTrees })).toMatchObject({
        outcome: 'conflict',
        files: ['src/a.txt'],
        reason: 'at "Mine"',
      });
    expect(await subjects()).toMatch(/^Mine\n/);
  });

  it('in part loses that part and keeps the rest', async () => {
    await scene.commit({ 'src/a.txt': 'one\n' }, 'One');
    await scene.commit({ 'src/b.txt': 'two\n' }, 'Two');
    const first = await scene.git('rev-parse', 'HEAD~1');
    await scene.upstream({ 'other.txt': 'other\n' }, 'Other');
    await scene.origin('fetch', '-q', '--', scene.tree, first);
    await scene.origin('cherry-pick', first);
    await scene.origin('push', '-q', 'origin', 'main');
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased', made: 1, dropped: 1 });
    expect(await subjects()).toBe('Two\nOne\nOther\nFirst commit');
  });
});

describe('the own history', () => {
  it('with merges in it is merged by auto, and refused by rebase', async () => {
    await scene.git('checkout', '-q', '-b', 'side');
    await scene.commit({ 'side.txt': 'side\n' }, 'Side');
    await scene.git('checkout', '-q', 'feature/api');
    await scene.commit({ 'src/b.txt': 'mine\n' }, 'Mine');
    await scene.git('merge', '-q', '--no-edit', 'side');
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await scene.sync({ mode: 'rebase' })).toMatchObject({ outcome: 'failed' });
    expect(await scene.sync()).toMatchObject({ outcome: 'merged' });
  });

  it('in another encoding, with an empty commit and a rename on either side comes through', async () => {
    await scene.git('-c', 'i18n.commitEncoding=ISO-8859-1', 'commit', '-q', '--allow-empty', '-m', 'Empty \u00e4');
    await scene.git('mv', 'src/a.txt', 'src/renamed.txt');
    await scene.commit({}, 'Renamed');
    await scene.upstream({ 'src/a.txt': 'a\nb\nc\n' }, 'Longer');
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased', made: 2 });
    expect(await readFile(join(scene.tree, 'src/renamed.txt'), 'utf8')).toBe('a\nb\nc\n');
    expect(await scene.git('cat-file', 'commit', 'HEAD~1')).toContain('encoding ISO-8859-1');
  });

  it('that has nothing in common with the base is refused', async () => {
    await scene.git('checkout', '-q', '--orphan', 'alone');
    await scene.git('commit', '-q', '-m', 'Alone');
    expect(await scene.sync()).toMatchObject({ outcome: 'failed', reason: 'has no commit in common with origin/main' });
  });

  it('that origin has otherwise is told of, and the base comes in', async () => {
    await scene.commit({ 'src/b.txt': 'mine\n' });
    await push();
    await scene.git('commit', '-q', '--amend', '-m', 'Reworded');
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await scene.sync()).toMatchObject({
      outcome: 'rebased',
      notes: ['origin/feature/api has other commits than the clone; that is left to you'],
    });
  });
});

describe('a base that is not there', () => {
  it.each([
    ['nowhere', 'origin has no branch "nowhere"'],
    ['existing', null],
  ])('%s', async (name, reason) => {
    expect((await scene.sync({ base: { kind: 'branch', name } })).reason).toBe(reason);
  });
});

describe("origin's default branch under another name", () => {
  it('is what a clone is in step with, and counts against, from the next sync on', async () => {
    const { shop, tree } = scene;
    await shop.git(shop.origin, 'branch', '-m', 'main', 'trunk');
    await shop.git(shop.origin, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    await scene.origin('fetch', '-q', 'origin');
    await scene.origin('checkout', '-q', '-b', 'trunk', 'origin/trunk');
    await scene.upstream({ 'theirs.txt': 'theirs\n' }, 'Theirs', 'trunk');
    expect(await scene.sync({ dryRun: true })).toMatchObject({ outcome: 'forwarded', base: 'origin/trunk' });
    expect(await scene.git('symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/main');
    expect(await scene.sync()).toMatchObject({ outcome: 'forwarded', base: 'origin/trunk' });
    expect(await scene.git('symbolic-ref', 'refs/remotes/origin/HEAD')).toBe('refs/remotes/origin/trunk');
    expect(await readTreeStatus(tree, { base: null, env: shop.env })).toMatchObject({ ahead: 0, behind: 0 });
  });
});

describe('a stage', () => {
  it('is kept in step with the one it builds on, also when that one was rebased, and a dry run sees through both', async () => {
    const { shop, tree } = scene;
    await scene.commit({ 'plan.txt': 'plan\n' }, 'Plan');
    const next = shop.path('work space', 'next');
    await shop.clone({ path: next, branch: 'feature/next', base: { kind: 'pane', id: 'api' } }, { basePath: tree });
    await shop.git(next, 'commit', '-q', '--allow-empty', '-m', 'Next');
    await scene.upstream({ 'plan.txt': 'another\n', 'src/a.txt': 'theirs\n' }, 'Base');
    await scene.git('commit', '-q', '--amend', '-m', 'Plan, reworded');
    await scene.git('rm', '-q', 'plan.txt');
    await scene.commit({ 'plans.txt': 'plan\n' }, 'Plan elsewhere');
    await scene.git('reset', '-q', '--soft', 'HEAD~2');
    await scene.commit({}, 'Plan');
    const base = { kind: 'tree', label: '"api"', path: tree, predicted: null } as const;
    const all = {
      mode: 'auto',
      mergesTrees: true,
      shared: makeSyncShared(),
      mirror: await shop.fill(),
      env: shop.env,
      now: 1,
      recheck: () => Promise.resolve(null),
      onMoved: () => Promise.resolve(),
    } as const;
    const first = await syncTree({ ...all, tree, base: { kind: 'branch', name: null }, dryRun: true });
    const { tip = '', space } = first.predicted ?? {};
    const second = await syncTree({
      ...all,
      tree: next,
      base: { ...base, predicted: { tip, objects: space?.folders ?? [] } },
      dryRun: true,
    });
    expect([first.result.outcome, second.result.outcome, second.result.made]).toEqual(['rebased', 'rebased', 1]);
    for (const { predicted } of [first, second]) if (predicted) await closeSpace(predicted.space);
    await syncTree({ ...all, tree, base: { kind: 'branch', name: null }, dryRun: false });
    expect((await syncTree({ ...all, tree: next, base, dryRun: false })).result).toMatchObject({
      outcome: 'rebased',
      base: '"api"',
      made: 1,
    });
    expect(await shop.git(next, 'log', '--format=%s')).toBe('Next\nPlan\nBase\nFirst commit');
    expect(await shop.git(next, 'rev-parse', 'HEAD~1')).toBe(await scene.git('rev-parse', 'HEAD'));
    await shop.git(next, 'fsck', '--strict');
  });
});

it('a git older than 2.38 is given a work tree elsewhere: the same outcomes, and a conflict changes nothing', async () => {
  const mergesTrees = false;
  await scene.commit({ 'src/b.txt': 'one\n' }, 'One');
  await scene.commit({ 'src/c.txt': 'two\n' }, 'Two');
  await scene.upstream({ 'src/b.txt': 'theirs\n' });
  const before = await treeSnapshot(scene.tree, scene.shop.env);
  expect(await scene.sync({ mergesTrees })).toMatchObject({
    outcome: 'conflict',
    files: ['src/b.txt'],
    reason: 'at "One"',
  });
  expect(await scene.sync({ mergesTrees, mode: 'merge' })).toMatchObject({
    outcome: 'conflict',
    files: ['src/b.txt'],
    reason: null,
  });
  expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  await scene.upstream({ 'src/b.txt': 'one\n' });
  expect(await scene.sync({ mergesTrees, dryRun: true })).toMatchObject({ outcome: 'rebased', made: 1, dropped: 1 });
  expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  expect(await scene.sync({ mergesTrees })).toMatchObject({ outcome: 'rebased', made: 1, dropped: 1 });
  expect((await subjects()).split('\n').slice(0, 2)).toEqual(['Two', 'Work of others']);
  await push();
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync({ mergesTrees })).toMatchObject({ outcome: 'merged' });
  expect(await scene.git('status', '--porcelain')).toBe('');
  await scene.git('fsck', '--strict');
});
