import { execFileSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readHookStates } from '../../src/store/hookStates.ts';
import { clearInbox, readInbox } from '../../src/store/inbox.ts';
import { type FleetPaths, fleetPaths, storePaths } from '../../src/store/paths.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  await mkdir(fleet.inbox, { recursive: true });
});
afterEach(async () => sandbox.dispose());

describe('an inbox in which something else lies', () => {
  it('is read past folders and FIFOs, without waiting for either, and keeps them', async () => {
    await mkdir(`${fleet.inbox}/Stop.api.1.2`);
    await mkdir(`${fleet.inbox}/.77`);
    await utimes(`${fleet.inbox}/.77`, 1, 1);
    execFileSync('mkfifo', [`${fleet.inbox}/Stop.api.1.3`]);
    await writeFile(`${fleet.inbox}/Stop.api.1.4`, '{}');
    const left = readInbox(fleet.inbox).map(({ name }) => name);
    expect(left).toEqual(['Stop.api.1.4']);
    clearInbox(fleet.inbox, left, Date.now());
    expect((await readdir(fleet.inbox)).sort()).toEqual(['.77', 'Stop.api.1.2', 'Stop.api.1.3']);
  });

  it('has no conversation whose id is a path or holds a NUL, and no time before the clock began', async () => {
    await writeFile(`${fleet.inbox}/Stop.api.1.5`, '{"session_id":"../../x"}');
    await utimes(`${fleet.inbox}/Stop.api.1.5`, 0, 0);
    await writeFile(`${fleet.inbox}/Stop.api.1.6`, '{"session_id":"a\\u0000b"}');
    expect(readInbox(fleet.inbox).map(({ event }) => event.sessionId)).toEqual([null, null]);
    expect(readInbox(fleet.inbox)[0]?.event.time).toBe(1);
  });
});

describe('a hooks.json with what no Date and no file can hold', () => {
  const turn = { phase: 'done', since: 5, activeAt: 5, event: 'Stop', detail: null, until: null };
  const state = { conversation: 'c', turn, open: [], last: { event: 'Stop', time: 5 }, promptedAt: 5 };

  async function stored(
    sessions: unknown,
    journal: unknown = null,
  ): Promise<Awaited<ReturnType<typeof readHookStates>>> {
    await writeFile(fleet.hooks, JSON.stringify({ version: 1, sessions, folded: [], journal }));
    return readHookStates(fleet);
  }

  it.each([1e20, 1.5, -1, 0, '5', null])('%j is no time', async (time) => {
    const read = await stored({
      good: state,
      since: { ...state, turn: { ...turn, since: time } },
      last: { ...state, last: { event: 'Stop', time } },
      until: { ...state, promptedAt: time, turn: { ...turn, until: time } },
    });
    expect(Object.keys(read.sessions)).toEqual(['good', 'until']);
    expect(read.sessions['until']).toMatchObject({ promptedAt: null, turn: { until: null } });
  });

  it.each([1.5, -1, 1e300, '3'])('%j is no size of a journal', async (size) => {
    expect((await stored({}, { file: '000001.jsonl', size })).journal).toBeNull();
    expect((await stored({}, { file: '000001.jsonl', size: 3 })).journal).toEqual({ file: '000001.jsonl', size: 3 });
  });

  it('a session called as what every object inherits is there when it is, and only then', async () => {
    expect((await stored({ good: state })).sessions['constructor']).toBeUndefined();
    const { sessions } = await stored(
      JSON.parse(`{"constructor":${JSON.stringify(state)},"__proto__":${JSON.stringify(state)}}`),
    );
    expect(Object.keys(sessions)).toEqual(['constructor', '__proto__']);
    expect([sessions['constructor'], sessions['__proto__']]).toMatchObject([
      { conversation: 'c' },
      { conversation: 'c' },
    ]);
  });
});
