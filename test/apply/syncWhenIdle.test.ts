import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Context } from '../../src/apply/context.ts';
import { queuedSyncs } from '../../src/apply/syncTargets.ts';
import { syncWhenIdle } from '../../src/apply/syncWhenIdle.ts';
import type { FleetRecord } from '../../src/store/fleetRecord.ts';
import { readFleet, writeFleet } from '../../src/store/fleets.ts';
import { storePaths } from '../../src/store/paths.ts';
import { makeSyncScene, type SyncScene } from '../git/syncFixture.ts';

let scene: SyncScene;
let context: Context;
beforeEach(async () => {
  scene = await makeSyncScene();
  const { env, home } = scene.shop.sandbox;
  const none = (): void => undefined;
  const nobody = (): Promise<never> => Promise.reject(new Error('nobody is there to answer'));
  context = {
    env,
    cwd: home,
    home,
    user: 'me',
    uid: 1000,
    platform: process.platform,
    version: '0',
    packageRoot: home,
    node: process.execPath,
    program: '/nonexistent',
    store: storePaths(env, home),
    terminal: null,
    talkColumns: null,
    cores: 2,
    interactive: true,
    hasKeyboard: false,
    color: { out: false, talk: false },
    socket: {},
    signal: new AbortController().signal,
    out: none,
    talk: none,
    draw: none,
    openScreen: () => { throw new Error('there is no screen'); },
    ask: nobody,
    askYes: nobody,
    now: () => 1_000_000,
    newId: () => 'id',
  };
});
afterEach(() => scene.shop.dispose());

async function record(syncWhenIdle: 'auto' | null): Promise<FleetRecord> {
  const { origin, checkout, path } = scene.shop;
  const session = { id: 'api', number: 1, name: 'Api', renamedFrom: null, key: null, color: 'blue', kind: 'agent' as const, isClaude: true, path: scene.tree, owner: 'api', branch: 'feature/api', base: null, baseOf: null, launchHash: 'h', conversation: null, port: null, task: null, nextTask: null, syncedAt: null, syncWhenIdle, dependsOn: [] };
  const fleet: FleetRecord = { version: 1, uuid: 'a1', name: 'shop', session: 'shop', socket: path('no-server'), strategy: 'component', repo: origin, checkout, layout: path('a.yaml'), workspace: path('work space'), task: null, mcpServers: null, createdAt: '2026-01-01T00:00:00.000Z', added: [], closed: [], sessions: [session] };
  await writeFleet(context.store, fleet);
  return fleet;
}

it('does what was asked for with --when-idle once, and the record says when', async () => {
  await scene.upstream({ 'new.txt': 'new\n' });
  const fleet = await record('auto');
  expect(queuedSyncs(fleet)).toEqual(['api']);
  const place = { record: fleet, server: { socket: fleet.socket } };
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({ id: 'api', outcome: 'forwarded' });
  expect((await readFleet(context.store, 'a1'))?.sessions[0]).toMatchObject({ syncWhenIdle: null, syncedAt: '1970-01-01T00:16:40.000Z' });
  expect(await syncWhenIdle(context, place, 'api')).toBe(null);
});

it('goes on waiting while the clone has uncommitted changes, and no longer after a conflict', async () => {
  await scene.commit({ 'src/a.txt': 'mine\n' });
  await scene.write({ 'src/b.txt': 'edited\n' });
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  const fleet = await record('auto');
  const place = { record: fleet, server: { socket: fleet.socket } };
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({ outcome: 'queued', reason: 'has 1 uncommitted change' });
  await scene.git('checkout', 'src/b.txt');
  expect(await syncWhenIdle(context, place, 'api')).toMatchObject({ outcome: 'conflict', files: ['src/a.txt'] });
  expect(await syncWhenIdle(context, place, 'api')).toBe(null);
});
