import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { needRoom } from '../../src/store/room.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { canMount, mountSmallDisk } from '../support/smallDisk.ts';
import { readSources } from '../support/sources.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(() => sandbox.dispose());

describe('room for what is about to be written', () => {
  it('is asked for without leaving anything', async () => {
    await needRoom(sandbox.path('a', 'b'));
    expect(await readdir(sandbox.path('a', 'b'))).toEqual([]);
  });

  it.skipIf(!canMount())('is missing on a disk that has only a few blocks left', async () => {
    const disk = await mountSmallDisk('32k');
    try {
      await expect(needRoom(disk.path)).rejects.toMatchObject({
        hint: 'the disk is full: make room and run the command again',
      });
      expect(await readdir(disk.path)).toEqual([]);
    } finally {
      await disk.dispose();
    }
  });

  it('is asked for by whatever changes a fleet, before it does', () => {
    const changing = readSources().filter(
      ({ room, text }) => (room === 'commands' || room === 'apply') && text.includes('fleetLock(context'),
    );
    expect(changing.length).toBeGreaterThan(5);
    expect(
      changing
        .filter(({ text }) => !text.includes('await needRoom('))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(Object.keys(WITHOUT).sort());
  });
});

/** What ends nothing before its first write, or makes room itself. */
const WITHOUT: Readonly<Record<string, string>> = {
  'apply/settleClosed.ts': 'completes what was begun; tried again at the next command',
  'commands/forget.ts': 'removes',
  'commands/down.ts': 'ends what runs, and writes nothing that it needs',
  'commands/prune.ts': 'makes room',
  'commands/rename.ts': 'writes first',
  'commands/up.ts': 'bringUp asks, where there is something to do',
};
