import { utimesSync, writeFileSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foldInbox } from '../../src/apply/foldInbox.ts';
import { readJournal } from '../../src/store/journal.ts';
import { withLock } from '../../src/store/lock.ts';
import { type FleetPaths, fleetPaths, storePaths } from '../../src/store/paths.ts';
import { cpuTime } from '../support/cpuTime.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  await mkdir(fleet.inbox, { recursive: true });
});
afterEach(async () => sandbox.dispose());

/** An event as the hook leaves it; `at` in seconds since 1970 orders them. */
async function leave(
  event: string,
  at: number,
  content: Readonly<Record<string, unknown>> = {},
  session = 'api',
): Promise<void> {
  const path = `${fleet.inbox}/${event}.${session}.100.${at}`;
  await writeFile(path, JSON.stringify({ session_id: 'c-1', ...content }));
  await utimes(path, at, at);
}

async function leaveTurn(from = 1): Promise<void> {
  await leave('SessionStart', from, { source: 'startup' });
  await leave('UserPromptSubmit', from + 1, { prompt: 'go' });
  await leave('PermissionRequest', from + 2, { tool_name: 'Bash', tool_input: { command: 'rm -r /w' } });
}

async function phases(): Promise<Readonly<Record<string, string>>> {
  const states = await foldInbox(fleet);
  return Object.fromEntries(Object.entries(states).map(([id, { open, turn }]) => [id, open[0]?.kind ?? turn.phase]));
}

async function journalled(): Promise<readonly string[]> {
  return (await readJournal(fleet.journal)).map(
    ({ session, event, from, to }) => `${session} ${event}${to === null ? '' : ` ${from ?? '-'}>${to}`}`,
  );
}

const TURN = [
  'api SessionStart ->idle',
  'api UserPromptSubmit idle>working',
  'api PermissionRequest working>permission',
];

describe('folding the inbox', () => {
  it("gives each session's state, writes one line an event and empties the inbox", async () => {
    await leaveTurn();
    await leave('Stop', 4, { last_assistant_message: 'Done.' }, 'web');
    expect(await phases()).toEqual({ api: 'permission', web: 'done' });
    expect(await readdir(fleet.inbox)).toEqual([]);
    expect(await journalled()).toEqual([...TURN, 'web Stop ->done']);
    expect(await phases()).toEqual({ api: 'permission', web: 'done' });
    await leave('PostToolUse', 9, { tool_name: 'Bash' });
    expect(await phases()).toEqual({ api: 'working', web: 'done' });
    expect(await readFile(`${fleet.journal}/000001.jsonl`, 'utf8')).not.toContain('rm -r');
    expect((await readJournal(fleet.journal)).map(({ t, detail }) => [t, detail])).toContainEqual([2000, 'go']);
  });

  it('keeps sessions apart whatever they are called, and takes an event called as what every object inherits for none', async () => {
    await leave('SessionStart', 1, {}, 'constructor');
    await leave('Stop', 2, {}, 'constructor');
    await leave('toString', 3, {}, 'web');
    expect(await phases()).toEqual({ constructor: 'done', web: 'idle' });
    await leave('UserPromptSubmit', 4, { prompt: 'x' }, 'constructor');
    expect(await phases()).toEqual({ constructor: 'working', web: 'idle' });
    expect(await journalled()).toEqual([
      'constructor SessionStart ->idle',
      'constructor Stop idle>done',
      'web toString ->idle',
      'constructor UserPromptSubmit done>working',
    ]);
  });

  it('of nothing is nothing, and leaves nothing', async () => {
    expect(await foldInbox(fleet)).toEqual({});
    await rm(fleet.inbox, { recursive: true });
    expect(await foldInbox(fleet)).toEqual({});
    expect(await readdir(fleet.root)).toEqual([]);
  });

  it('gives a session that is started again none of the dialogs its last process left open', async () => {
    await leaveTurn();
    await leave('SessionStart', 50, { source: 'resume' });
    expect(await phases()).toEqual({ api: 'idle' });
  });

  it('changes nothing while somebody else holds the lock, and tells the same', async () => {
    await leaveTurn();
    await withLock(fleet.hooksLock, { timeoutMs: 0, what: 'watching' }, async () => {
      expect(await phases()).toEqual({ api: 'permission' });
      expect(await readdir(fleet.inbox)).toHaveLength(3);
    });
    expect(await journalled()).toEqual([]);
    expect(await phases()).toEqual({ api: 'permission' });
    expect(await journalled()).toEqual(TURN);
  });

  it('by several at once counts each event once', async () => {
    await leaveTurn();
    const told = await Promise.all(Array.from({ length: 8 }, async () => phases()));
    expect(told).toEqual(Array.from({ length: 8 }, () => ({ api: 'permission' })));
    await phases();
    expect(await journalled()).toEqual(TURN);
  });

  it('where nothing can be written still tells the states', async () => {
    await leaveTurn();
    await writeFile(fleet.journal, 'a file where a folder is needed');
    expect(await phases()).toEqual({ api: 'permission' });
    expect(await readdir(fleet.inbox)).toHaveLength(3);
  });

  it('of a damaged hooks.json begins anew, and keeps the journal', async () => {
    await leaveTurn();
    await phases();
    await writeFile(fleet.hooks, '{"version":1,"sess');
    await leave('Stop', 20);
    expect(await phases()).toEqual({ api: 'done' });
    expect(await journalled()).toEqual([...TURN, 'api Stop ->done']);
  });

  it('of a newer hooks.json is refused', async () => {
    await writeFile(fleet.hooks, '{"version":2}');
    await expect(foldInbox(fleet)).rejects.toThrow('newer claude-tmux');
  });

  it('takes less than a tenth of a second for a thousand events', async () => {
    for (let n = 0; n < 1000; n++) {
      const path = `${fleet.inbox}/PreToolUse.api.100.${n}`;
      writeFileSync(path, JSON.stringify({ session_id: 'c-1', permission_mode: 'default', tool_name: 'Bash' }));
      utimesSync(path, n, n);
    }
    const start = cpuTime();
    await foldInbox(fleet);
    const spent = cpuTime() - start;
    expect(await journalled()).toHaveLength(1000);
    // The promise is 100 ms on a machine that has nothing else to do; busy neighbours slow a processor, too.
    expect(spent).toBeLessThan(600);
  });
});

describe('a fold that was killed', () => {
  /** Events are folded once more on what a killed fold had left behind. */
  async function again(): Promise<void> {
    expect(await phases()).toEqual({ api: 'permission' });
    expect(await readdir(fleet.inbox)).toEqual([]);
    expect(await journalled()).toEqual(TURN);
  }

  it('before hooks.json was written, the journal in whole or in part: its lines are written once', async () => {
    await leaveTurn();
    await cp(fleet.inbox, sandbox.path('inbox'), { recursive: true, preserveTimestamps: true });
    await phases();
    const journal = `${fleet.journal}/000001.jsonl`;
    const text = await readFile(journal, 'utf8');
    // As the first fold notes before its first line.
    await writeFile(
      fleet.hooks,
      JSON.stringify({ version: 1, sessions: {}, folded: [], journal: { file: '000001.jsonl', size: 0 } }),
    );
    for (const part of [text, text.slice(0, 100), '']) {
      await cp(sandbox.path('inbox'), fleet.inbox, { recursive: true, preserveTimestamps: true });
      await writeFile(journal, part);
      const before = await readFile(fleet.hooks);
      await again();
      await writeFile(fleet.hooks, before);
    }
  });

  it('before all files were deleted: those that are left are not counted again', async () => {
    await leaveTurn();
    await cp(fleet.inbox, sandbox.path('inbox'), { recursive: true, preserveTimestamps: true });
    await phases();
    const name = 'UserPromptSubmit.api.100.2';
    await cp(sandbox.path('inbox', name), `${fleet.inbox}/${name}`, { preserveTimestamps: true });
    await again();
  });

  it('and a later event in a file of the same name counts', async () => {
    await leaveTurn();
    await phases();
    await leave('UserPromptSubmit', 2, { prompt: 'again' });
    await utimes(`${fleet.inbox}/UserPromptSubmit.api.100.2`, 30, 30);
    expect(await phases()).toEqual({ api: 'working' });
  });
});
