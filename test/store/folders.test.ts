import { rmdir, stat } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolders } from '../../src/store/file.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

test('a folder that others make and take away meanwhile is made all the same', async () => {
  const path = sandbox.path('shared');
  let going = true;
  // As clones of one workspace do, each of which removes the empty folder when it is through.
  const others = [1, 2, 3].map(async () => {
    while (going) {
      await makeFolders(path);
      await rmdir(path).catch(() => undefined);
    }
  });
  for (let round = 0; round < 300; round++) await makeFolders(path);
  going = false;
  await Promise.all(others);
  await makeFolders(path);
  expect((await stat(path)).isDirectory()).toBe(true);
});
