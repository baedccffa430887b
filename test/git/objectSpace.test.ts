import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closeSpace, openSpace } from '../../src/git/objectSpace.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

it('an object space leaves nothing behind, and a folder whose name git would misread is fine', async () => {
  const gitDir = join(scene.tree, '.git');
  const space = await openSpace({
    tree: scene.tree,
    gitDir,
    beside: [scene.shop.path('a "b":c')],
    outside: false,
    env: scene.shop.env,
  });
  await closeSpace(space);
  expect(await scene.git('status', '--porcelain')).toBe('');
});
