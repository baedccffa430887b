import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseIdentity, readLiveProcess, readOwnProcess, renderIdentity } from '../../src/store/identityFile.ts';
import { readLockOwner, withLock } from '../../src/store/lock.ts';
import { compareMachines, machineId, parseMachine, readMachine, type Machine } from '../../src/store/machine.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

const HERE: Machine = { id: 'm1', boot: 'b1', namespace: '4026531836', host: 'desk' };

describe('a machine', () => {
  test.each([
    ['here', {}],
    ['here', { host: 'renamed' }],
    ['rebooted', { boot: 'b0' }],
    ['rebooted', { boot: 'b0', namespace: '4026532178' }],
    ['restarted', { namespace: '4026532178' }],
    ['elsewhere', { id: 'm2' }],
    ['elsewhere', { id: 'm2', boot: 'b0', namespace: '4026532178' }],
  ])('is %s where %j differs', (where, change) => {
    expect(compareMachines({ ...HERE, ...change }, HERE)).toBe(where);
  });

  test('is named by its machine id alone, a container by its host name too, for its image has the id of all its siblings', () => {
    const id = (facts: { installed: string | null; namespace: string; host: string }): string => machineId(facts);
    expect(id({ installed: 'abc', namespace: '4026531836', host: 'x' })).toBe(
      id({ installed: 'abc', namespace: '4026531836', host: 'y' }),
    );
    expect(id({ installed: 'abc', namespace: '4026532178', host: 'x' })).not.toBe(
      id({ installed: 'abc', namespace: '4026532178', host: 'y' }),
    );
    expect(id({ installed: null, namespace: '4026531836', host: 'x' })).not.toBe(
      id({ installed: null, namespace: '4026532178', host: 'x' }),
    );
  });

  test('is read from a file as it was written, and as none from anything else', async () => {
    const here = await readMachine();
    expect(parseMachine(JSON.parse(JSON.stringify(here)))).toEqual(here);
    for (const other of [undefined, null, 'x', [], {}, { ...here, boot: 1 }]) expect(parseMachine(other)).toBeNull();
  });
});

describe('a lock', () => {
  const leave = async (owner: Readonly<Record<string, unknown>>): Promise<string> => {
    const path = sandbox.path('locks', 'shop.lock');
    await mkdir(sandbox.path('locks'), { recursive: true });
    await writeFile(
      path,
      JSON.stringify({
        version: 1,
        nonce: 'left',
        pid: 2 ** 22 - 1,
        procStart: '1',
        what: 'bringing up "shop"',
        ...owner,
      }),
    );
    return path;
  };
  const take = (path: string): Promise<unknown> =>
    withLock(path, { timeoutMs: 0, what: 'testing' }, async () => Promise.resolve());

  test.each([
    ['another machine', { id: 'other', boot: 'other', namespace: '4026531836', host: 'desk' }, 'on the machine "desk"'],
    [
      'another pid namespace',
      { namespace: '1', host: 'box' },
      'on "box", in another pid namespace (a container) of this machine',
    ],
  ])(
    'of %s is not taken over, though its pid is not here; who holds it and the way out are said',
    async (_, change, words) => {
      const machine = { ...(await readMachine()), ...change };
      const path = await leave({ bootId: machine.boot, machine });
      const refused = take(path);
      await expect(refused).rejects.toThrow(`another claude-tmux (pid ${2 ** 22 - 1} ${words}) is bringing up "shop"`);
      await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining(`rm ${path}`) as unknown });
      expect(await readLockOwner(path)).toMatchObject({ what: 'bringing up "shop"' });
      expect(await readdir(sandbox.path('locks'))).toEqual(['shop.lock']);
    },
  );

  test('of this machine before its reboot, or of a version that named no machine, is', async () => {
    const machine = await readMachine();
    for (const owner of [
      { bootId: 'before', machine: { ...machine, boot: 'before', namespace: '1' } },
      { bootId: machine.boot },
    ]) {
      await take(await leave(owner));
      expect(await readdir(sandbox.path('locks'))).toEqual([]);
    }
  });
});

describe('an identity file', () => {
  test("names its place, is read without one, and another place's process is none of this one's", async () => {
    const own = await readOwnProcess();
    const path = sandbox.path('pid');
    const read = async (text: string): Promise<unknown> => {
      await writeFile(path, text);
      return readLiveProcess(path);
    };
    expect(parseIdentity(renderIdentity(own))).toEqual(own);
    expect(await read(renderIdentity(own))).toEqual(own);
    expect(await read(renderIdentity({ ...own, place: null }))).toEqual({ ...own, place: null });
    expect(await read(renderIdentity({ ...own, place: 'elsewhere' }))).toBeNull();
  });
});
