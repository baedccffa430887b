import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mendSync } from '../../src/git/mendSync.ts';
import { MOVE_STEPS } from '../../src/git/moveTree.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';
import { treeSnapshot } from './treeSnapshot.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
  await scene.commit({ 'src/mine.txt': 'mine\n' });
  await scene.upstream({
    'src/a.txt': 'theirs\n'.repeat(5_000),
    'src/b.txt': null,
    'deep/er/new.txt': 'new\n',
    'z.slow': 'slow\n',
  });
});
afterEach(() => scene.shop.dispose());

/** A program of its own that syncs the clone, so that it can be killed as no test can kill itself: its whole process group, git too. */
async function syncAndDie(at: string, group: boolean): Promise<void> {
  const { shop, tree } = scene;
  const outfile = shop.path('syncer.cjs');
  const contents = `
    import { makeSyncShared } from './src/git/syncShared.ts';
    import { syncTree } from './src/git/syncTree.ts';
    const { at, group, ...options } = JSON.parse(process.argv[2]);
    const none = () => Promise.resolve(null);
    const die = () => process.kill(group ? -process.pid : process.pid, 'SIGKILL');
    void syncTree({ ...options, shared: makeSyncShared(), env: process.env, recheck: none, onMoved: none, onStep: (step) => { if (step === at) die(); } });
  `;
  await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    logLevel: 'silent',
  });
  const options = JSON.stringify({
    at,
    group,
    tree,
    base: { kind: 'branch', name: null },
    mode: 'auto',
    mirror: await shop.fill(),
    dryRun: false,
    mergesTrees: true,
    now: 1,
  });
  const child = spawn(process.execPath, [outfile, options], { env: shop.env, detached: true, stdio: 'ignore' });
  const signal = await new Promise((resolve) => child.once('exit', (_code, how) => resolve(how)));
  expect(signal).toBe('SIGKILL');
}

/** Everything but what the kill may leave and the next sync clears. */
async function facts(): Promise<Readonly<Record<string, unknown>>> {
  const { files, index, head, stash, config } = await treeSnapshot(scene.tree, scene.shop.env);
  return { files, index, head, stash, config, tip: await scene.git('rev-parse', 'HEAD') };
}

async function expectSynced(): Promise<void> {
  expect(await scene.git('status', '--porcelain')).toBe('');
  expect(await scene.git('rev-parse', 'HEAD~1')).toBe(await scene.origin('rev-parse', 'main'));
  expect(await scene.git('log', '-1', '--format=%s')).toBe('Own work');
  await scene.git('fsck', '--strict');
}

describe.each([{ group: false }, { group: true }])('SIGKILL (the whole process group: $group)', ({ group }) => {
  it.each(MOVE_STEPS)(
    'before the step "%s": the clone is as before or done, and the next sync ends in the right place',
    async (step) => {
      const before = await facts();
      await syncAndDie(step, group);
      const mended = await mendSync(scene.tree, scene.shop.env);
      if (mended?.kind === 'done') await expectSynced();
      else expect(await facts()).toEqual(before);
      expect(await mendSync(scene.tree, scene.shop.env)).toBe(null);
      expect(['rebased', 'current']).toContain((await scene.sync()).outcome);
      await expectSynced();
      expect(await scene.git('stash', 'list')).toBe('');
    },
  );
});

it('SIGKILL in the middle of writing files: they are taken back, and an edit made since is kept', async () => {
  const { shop, tree } = scene;
  // A filter that ends everything when git is about to write the last file.
  await scene.git('config', '--global', 'filter.die.smudge', 'kill -9 0');
  await scene.git('config', '--global', 'filter.die.clean', 'cat');
  await writeFile(join(tree, '.git', 'info', 'attributes'), '*.slow filter=die\n');
  const before = await facts();
  await syncAndDie('never', true);
  expect(await scene.git('status', '--porcelain')).not.toBe('');
  await scene.git('config', '--global', '--unset', 'filter.die.smudge');
  await writeFile(join(tree, 'src', 'a.txt'), 'an edit of the agent\n');
  await writeFile(join(tree, 'deep', 'er', 'other.txt'), 'its file\n');
  expect(await mendSync(tree, shop.env)).toMatchObject({ kind: 'undone' });
  expect(await scene.git('status', '--porcelain', '-uall')).toBe(' M src/a.txt\n?? deep/er/other.txt');
  await scene.git('checkout', 'src/a.txt');
  expect(await scene.git('rev-parse', 'HEAD')).toBe(before['tip']);
  expect(await scene.sync()).toMatchObject({ outcome: 'rebased' });
  expect(await scene.git('status', '--porcelain', '-uall')).toBe('?? deep/er/other.txt');
});
