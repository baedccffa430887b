import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { canMount, mountSmallDisk, type SmallDisk } from '../support/smallDisk.ts';
import { AT_REST, makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

describe.skipIf(!canMount())('when the disk of the records is full', () => {
  let bench: Bench;
  let disk: SmallDisk;
  beforeEach(async () => {
    disk = await mountSmallDisk('4m');
    bench = await makeBench();
    await bench.layout(SHOP);
  });
  afterEach(async () => {
    await bench.dispose();
    await disk.dispose();
  });
  const ct = (...args: readonly string[]): ReturnType<Bench['ct']> => bench.ct(args, { env: { XDG_STATE_HOME: disk.path } });

  test.each([
    { args: ['up', 'shop.yaml', '--yes'] },
    { args: ['rename', 'fe', 'Other'] },
    { args: ['restart', 'fe', '--yes'] },
    { args: ['close', 'be', '--yes'] },
    { args: ['task', 'fe', 'Something else', '--yes'] },
    { args: ['down', '--yes'] },
  ])('$args.0 says so, changes nothing, and works once there is room', async ({ args }) => {
    const isUp = args[0] !== 'up';
    if (isUp) expect((await ct('up', 'shop.yaml', '--yes')).code).toBe(0);
    const states = async (): Promise<readonly string[]> => {
      const { fleets } = JSON.parse((await ct('status', '--json')).stdout) as { fleets: { sessions: { agent: { state: string } }[] }[] };
      return fleets.flatMap(({ sessions }) => sessions.map(({ agent }) => agent.state));
    };
    if (isUp) await eventually(async () => expect(await states()).toEqual([TOLD, TOLD, 'running']));
    await disk.fill();
    const full = await ct(...args);
    expect(full.stderr).toMatch(/no space left on device[^]*the disk is full: make room and run the command again/);
    expect(full.code).toBe(1);
    expect(await states()).toEqual(isUp ? [AT_REST, AT_REST, 'running'] : []);
    await disk.makeRoom();
    const after = await ct(...args);
    expect(after.code, after.stderr).toBe(0);
  });
});
