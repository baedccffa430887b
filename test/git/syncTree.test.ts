import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';
import { treeSnapshot } from './treeSnapshot.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

const read = (path: string): Promise<string> => readFile(join(scene.tree, path), 'utf8');

it('a branch without commits of its own is moved forward, files, index and all', async () => {
  await scene.upstream({ 'src/new.txt': 'new\n', 'src/a.txt': null });
  const result = await scene.sync();
  expect(result).toMatchObject({ outcome: 'forwarded', base: 'origin/main', brought: 1, made: 0, reason: null });
  expect(await scene.git('rev-parse', 'HEAD')).toBe(await scene.origin('rev-parse', 'main'));
  expect(await scene.git('status', '--porcelain')).toBe('');
  expect(await read('src/new.txt')).toBe('new\n');
  expect(await scene.sync()).toMatchObject({ outcome: 'current' });
});

it('what is not pushed is rebased: authors, dates and messages stay, ORIG_HEAD leads back', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n' }, 'Mine\n\nWith a body.\n');
  await scene.git(
    'commit',
    '-q',
    '--amend',
    '--no-edit',
    '--author=Ämy Ö <amy@example.invalid>',
    '--date=2020-01-02T03:04:05+0600',
  );
  await scene.commit({ 'src/c.txt': 'more\n' }, 'More');
  const before = await scene.git('rev-parse', 'HEAD');
  const told = await scene.git('log', '-2', '--format=%an %ae %ad %B');
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'rebased', brought: 1, made: 2, dropped: 0 });
  expect(await scene.git('log', '-2', '--format=%an %ae %ad %B')).toBe(told);
  expect(await scene.git('rev-parse', 'HEAD~2')).toBe(await scene.origin('rev-parse', 'main'));
  expect(await scene.git('rev-parse', 'ORIG_HEAD')).toBe(before);
  expect(await scene.git('status', '--porcelain')).toBe('');
  expect(await scene.git('reflog', '-1', '--format=%gs')).toBe('sync: rebased onto origin/main');
  await scene.git('fsck', '--strict');
});

it('what is pushed is merged, so that nobody else has to follow', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n' });
  await scene.git('push', '-q', 'origin', 'feature/api');
  const before = await scene.git('rev-parse', 'HEAD');
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'merged', brought: 1, made: 1 });
  expect(await scene.git('log', '-1', '--format=%P %s')).toBe(
    `${before} ${await scene.origin('rev-parse', 'main')} Merge remote-tracking branch 'origin/main' into feature/api`,
  );
});

it('commits that origin has of the branch itself come in first', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n' });
  await scene.git('push', '-q', 'origin', 'feature/api');
  await scene.origin('fetch', '-q');
  await scene.upstream({ 'bot.txt': 'bot\n' }, 'By a bot', 'feature/api');
  expect(await scene.sync()).toMatchObject({ outcome: 'forwarded', brought: 1 });
  expect(await read('bot.txt')).toBe('bot\n');
});

it('a conflict changes nothing, byte for byte, and names its files and the commit', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n', 'x y.txt': 'mine\n' }, 'Both');
  await scene.write({ 'untracked.txt': 'mine\n' });
  await scene.git('stash', '-u', '-q');
  await scene.write({ 'untracked.txt': 'mine\n' });
  await scene.upstream({ 'src/b.txt': 'theirs\n', 'x y.txt': 'theirs\n' });
  const before = await treeSnapshot(scene.tree, scene.shop.env);
  for (const mode of ['auto', 'rebase', 'merge'] as const) {
    expect(await scene.sync({ mode })).toMatchObject({ outcome: 'conflict', files: ['src/b.txt', 'x y.txt'] });
    expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  }
  expect(await scene.sync()).toMatchObject({ reason: 'at "Both"' });
  expect(await scene.git('rev-parse', 'origin/main')).toBe(await scene.origin('rev-parse', 'main'));
});

it('a dry run says what would be and writes nothing, not even remote-tracking branches or objects', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n' });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  const all = async (): Promise<unknown> => [
    await treeSnapshot(scene.tree, scene.shop.env),
    await scene.git('for-each-ref'),
    await scene.git('count-objects', '-v'),
  ];
  const before = await all();
  expect(await scene.sync({ dryRun: true })).toMatchObject({ outcome: 'rebased', brought: 1, made: 1 });
  expect(await all()).toEqual(before);
});

it('ff-only refuses a branch with commits of its own', async () => {
  await scene.commit({ 'src/b.txt': 'mine\n' });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync({ mode: 'ff-only' })).toMatchObject({
    outcome: 'failed',
    reason: 'cannot be fast-forwarded: it has 1 commit of its own',
  });
});

it('an ignored file in the place of a new one is never overwritten', async () => {
  await scene.write({ '.env': 'SECRET=mine\n' });
  await scene.upstream({ '.env': 'SECRET=theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'skipped', files: ['.env'] });
  expect(await read('.env')).toBe('SECRET=mine\n');
  expect((await stat(join(scene.tree, '.git', 'index'))).isFile()).toBe(true);
});
