import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncFleet } from '../../src/apply/syncFleet.ts';
import { AT_RISK, expectStillThere, PLACES_AT_RISK, type Witness } from '../git/atRisk.ts';
import { makeSyncScene, type SyncScene } from '../git/syncFixture.ts';
import { quietContext, recordFleet } from './syncContext.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

/** A branch may have moved: then what it led to is what ORIG_HEAD leads to now. */
function afterMove(witness: Witness, from: string | null): Witness {
  const { objects = {} } = witness;
  const moved = Object.entries(objects).map(([name, id]): [string, string] => [
    (name === 'HEAD' || name === 'refs/heads/feature/api') && id === from ? 'ORIG_HEAD' : name,
    id,
  ]);
  return { ...witness, objects: Object.fromEntries(moved) };
}

const IN_ITS_WAY = {
  'README.md': 'theirs\n',
  '.env': 'SECRET=theirs\n',
  'new/folder/file': 'theirs\n',
  'process.txt': 'theirs\n',
  'x.local': 'theirs\n',
  'notes.txt': 'theirs\n',
};

describe.each([
  { comes: 'in its way', files: IN_ITS_WAY },
  { comes: 'elsewhere', files: { 'elsewhere.txt': 'theirs\n' } },
])('when what comes in is $comes, sync loses nothing of a clone with', ({ files }) => {
  it.each([...AT_RISK, ...PLACES_AT_RISK])('$what', async ({ make }) => {
    const { shop, tree } = scene;
    const context = quietContext(scene);
    const record = await recordFleet(context, scene);
    const { witness, end } = await make({ sandbox: shop.sandbox, env: shop.env, tree });
    try {
      await scene.upstream(files);
      const {
        sessions: [row],
      } = await syncFleet(
        context,
        { record, server: { socket: record.socket } },
        { ids: null, mode: 'auto', whenIdle: false, dryRun: false },
      );
      expect(row?.reason ?? row?.outcome).toEqual(expect.any(String));
      await expectStillThere(tree, afterMove(witness, row?.from !== row?.to ? (row?.from ?? null) : null), shop.env);
    } finally {
      await end?.();
    }
  });
});
