import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../../src/apply/context.ts';
import { queuedSyncs } from '../../src/apply/syncTargets.ts';
import { syncWhenIdle } from '../../src/apply/syncWhenIdle.ts';
import { readFleet } from '../../src/store/fleets.ts';
import { makeSyncScene, type SyncScene } from '../git/syncFixture.ts';
import { quietContext, recordFleet } from './syncContext.ts';

let scene: SyncScene;
let context: Context;
beforeEach(async () => {
  scene = await makeSyncScene();
  context = quietContext(scene);
});
afterEach(() => scene.shop.dispose());

it('does what was asked for with --when-idle once, and the record says when', async () => {
  await scene.upstream({ 'new.txt': 'new\n' });
  const fleet = await recordFleet(context, scene, { syncWhenIdle: 'auto' });
  expect(queuedSyncs(fleet)).toEqual(['api']);
  const place = { record: fleet, server: { socket: fleet.socket } };
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({ id: 'api', outcome: 'forwarded' });
  expect((await readFleet(context.store, 'a1'))?.sessions[0]).toMatchObject({
    syncWhenIdle: null,
    syncedAt: '1970-01-01T00:16:40.000Z',
  });
  expect(await syncWhenIdle(context, place, 'api')).toBe(null);
});

it('goes on waiting while the clone has uncommitted changes, and no longer after a conflict', async () => {
  await scene.commit({ 'src/a.txt': 'mine\n' });
  await scene.write({ 'src/b.txt': 'edited\n' });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  const fleet = await recordFleet(context, scene, { syncWhenIdle: 'auto' });
  const place = { record: fleet, server: { socket: fleet.socket } };
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({
    outcome: 'queued',
    reason: 'has 1 uncommitted change',
  });
  await scene.git('checkout', 'src/b.txt');
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({ outcome: 'conflict', files: ['src/a.txt'] });
  expect(await syncWhenIdle(context, place, 'api')).toBe(null);
});
