import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  const ct = (...args: readonly string[]): ReturnType<Bench['ct']> =>
    bench.ct(args, { env: { XDG_STATE_HOME: disk.path } });

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
      const { fleets } = JSON.parse((await ct('status', '--json')).stdout) as {
        fleets: { sessions: { agent: { state: string } }[] }[];
      };
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

  test('a few blocks that are left end no agent, move no branch, and add no session', async () => {
    expect((await ct('up', 'shop.yaml', '--yes')).code).toBe(0);
    const facts = async (): Promise<unknown> => {
      const { fleets } = JSON.parse((await ct('status', '--json')).stdout) as {
        fleets: { sessions: { id: string; branch: string; agent: { state: string } }[] }[];
      };
      return [
        fleets.map(({ sessions }) => sessions.map(({ id, branch, agent }) => [id, branch, agent.state])),
        await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_id} #{pane_pid}'),
      ];
    };
    await eventually(async () =>
      expect(JSON.stringify(await facts())).toMatch(/"fe","feature\/fe","done".*"be","feature\/be","done"/),
    );
    const before = await facts();
    for (const leave of [4, 12]) {
      await disk.fill(leave * 4096);
      for (const args of [
        ['add', 'Third', '--component', 'docs', '--yes'],
        ['task', 'fe', 'More', '--yes'],
        ['restart', 'fe', '--yes'],
        ['close', 'be', '--yes'],
        ['sync'],
        ['undo', 'be'],
      ]) {
        const full = await ct(...args);
        expect([args[0], full.code, full.stderr]).toEqual([
          args[0],
          1,
          expect.stringMatching(/no space left on device\n {2}the disk is full: make room/),
        ]);
        expect([args[0], await facts()]).toEqual([args[0], before]);
      }
      expect((await ct('up', 'shop.yaml')).stderr).toContain('is up: nothing to do');
      await disk.makeRoom();
    }
  });
});

describe.skipIf(!canMount()).each([
  {
    what: 'the workspace',
    env: (_disk: string) => ({}),
    layout: (disk: string) => `${SHOP.trimEnd()}\nworkspace: ${disk}/shop\n`,
    says: /cannot be written: no space left on device\n {2}the disk is full: make room/,
  },
  {
    what: 'the cache',
    env: (disk: string) => ({ XDG_CACHE_HOME: disk }),
    layout: () => SHOP,
    says: /cannot be written: no space left on device\n {2}the disk is full: make room/,
  },
  {
    what: 'temporary files',
    env: (disk: string) => ({ TMPDIR: disk }),
    layout: () => SHOP,
    says: /"fe" cannot begin another task: cannot tell whether .*: no space left on device/,
  },
])('when the disk of $what is full', ({ env, layout, says }) => {
  let bench: Bench;
  let disk: SmallDisk;
  beforeEach(async () => {
    disk = await mountSmallDisk('8m');
    bench = await makeBench();
    await bench.layout(layout(disk.path));
  });
  afterEach(async () => {
    await bench.dispose();
    await disk.dispose();
  });
  const ct = (...args: readonly string[]): ReturnType<Bench['ct']> => bench.ct(args, { env: env(disk.path) });

  test('task ends no agent, prune keeps what it cannot shrink, both in words', async () => {
    expect((await ct('up', 'shop.yaml', '--yes')).code).toBe(0);
    await eventually(async () =>
      expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
    );
    const [fe, be] = await Promise.all(['fe', 'be'].map(async (id) => (await ct('path', id)).stdout.trim()));
    for (const path of [fe ?? '', be ?? '']) await bench.git(path, 'commit', '-q', '--allow-empty', '-m', 'Mine');
    await writeFile(join(be ?? '', 'new'), 'x');
    expect((await ct('close', 'be', '--yes')).code).toBe(0);
    const panes = await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_id} #{pane_pid}');
    await disk.fill();
    const full = await ct('task', 'fe', 'More', '--yes');
    expect([full.code, full.stderr]).toEqual([1, expect.stringMatching(says)]);
    expect(await bench.tmux.run('list-panes', '-s', '-t', '=shop', '-F', '#{pane_id} #{pane_pid}')).toBe(panes);
    const kept = await ct('prune', '--older-than', '0d', '--shrink', '--yes');
    expect(kept.stdout).toMatch(/^be-\w+: stays/);
    expect(kept.stdout + kept.stderr).not.toMatch(/ENOSPC|ended with exit code|has a bug/);
    await disk.makeRoom();
    expect((await ct('prune', '--older-than', '0d', '--shrink', '--yes')).stdout).toContain('shrunk');
    expect((await ct('task', 'fe', 'More', '--yes')).code).toBe(0);
  });
});
