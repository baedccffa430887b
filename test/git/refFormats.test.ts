import { afterEach, expect, test } from 'vitest';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene | undefined;
afterEach(() => scene?.shop.dispose());

test('a clone whose refs are a reftable is rebased and moved forward as any other', async ({ skip }) => {
  scene = await makeSyncScene();
  const canMigrate = await scene.git('refs', 'migrate', '--ref-format=reftable').then(
    () => true,
    () => false,
  );
  if (!canMigrate) skip('this git has no `git refs migrate` (2.46)');
  expect(await scene.git('rev-parse', '--show-ref-format')).toBe('reftable');
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'forwarded', base: 'origin/main', brought: 1 });
  await scene.commit({ 'src/b.txt': 'mine\n' });
  await scene.upstream({ 'src/c.txt': 'theirs\n' });
  expect(await scene.sync()).toMatchObject({ outcome: 'rebased', brought: 1, made: 1 });
  expect(await scene.git('rev-parse', 'HEAD~1')).toBe(await scene.origin('rev-parse', 'main'));
  expect(await scene.git('status', '--porcelain')).toBe('');
  await scene.git('fsck', '--strict');
});
