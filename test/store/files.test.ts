import { chmod, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { isObject, textAt } from '../../src/base/json.ts';
import { type JsonFormat, makeFolders, readJson, readText, writeFileAtomic } from '../../src/store/file.ts';
import type { FleetRecord } from '../../src/store/fleetRecord.ts';
import { findByName, findByRepo, fleetLock, readFleet, readFleets, writeFleet } from '../../src/store/fleets.ts';
import { clearInbox, readInbox } from '../../src/store/inbox.ts';
import { fleetPaths, sessionPaths, type StorePaths, storePaths } from '../../src/store/paths.ts';
import { readTrust, trustLayout } from '../../src/store/trust.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let store: StorePaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  store = storePaths(sandbox.env, sandbox.home);
});
afterEach(async () => sandbox.dispose());

describe('paths', () => {
  it('follow XDG, and ignore a relative value as the specification says', () => {
    expect(storePaths({ XDG_STATE_HOME: '/s', XDG_CACHE_HOME: 'c', XDG_CONFIG_HOME: '' }, '/h')).toMatchObject({
      state: '/s/claude-tmux/v1',
      cache: '/h/.cache/claude-tmux',
      config: '/h/.config/claude-tmux',
    });
  });

  it.each(['', '..', '.', 'a/b', '.hidden', 'a\u0000b'])('no session named %j leaves its folder', (id) => {
    expect(() => sessionPaths(fleetPaths(store, 'f'), id)).toThrow('not a name for a folder');
  });
});

describe('a file', () => {
  it('is written whole, for the user alone, with nothing left beside it', async () => {
    const path = sandbox.path('deep', 'er', 'file');
    await Promise.all(Array.from({ length: 20 }, async (_, n) => writeFileAtomic(path, String(n).repeat(10_000))));
    expect(await readFile(path, 'utf8')).toMatch(/^(\d+?)\1*$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(sandbox.path('deep'))).mode & 0o777).toBe(0o700);
    expect(await readdir(sandbox.path('deep', 'er'))).toEqual(['file']);
  });

  it('that cannot be written says which and why', async () => {
    await writeFile(sandbox.path('plain'), '');
    const writing = writeFileAtomic(sandbox.path('plain', 'file'), 'x');
    await expect(writing).rejects.toThrow(UserError);
    await expect(writing).rejects.toThrow(`"${sandbox.path('plain')}" cannot be written: `);
  });

  it('that is absent is null, one that cannot be read is an error', async () => {
    expect(await readText(sandbox.path('none'))).toBeNull();
    await symlink(sandbox.path('loop'), sandbox.path('loop'));
    await expect(readText(sandbox.path('loop'))).rejects.toThrow(`the file "${sandbox.path('loop')}" cannot be read: `);
  });
});

describe('folders', () => {
  it('are made with those above them, many at once, and stay as they are when they are there', async () => {
    const path = sandbox.path('a', 'b', 'c');
    await Promise.all(Array.from({ length: 20 }, async () => makeFolders(path)));
    await writeFile(sandbox.path('a', 'b', 'c', 'file'), '');
    await symlink(path, sandbox.path('link'));
    await makeFolders(sandbox.path('link'));
    await makeFolders(sandbox.path('link', 'd'), { mode: 0o700 });
    expect((await readdir(path)).sort()).toEqual(['d', 'file']);
    expect((await stat(sandbox.path('link', 'd'))).mode & 0o777).toBe(0o700);
  });

  it('are refused where a file or a broken link stands', async () => {
    await writeFile(sandbox.path('file'), '');
    await symlink(sandbox.path('nowhere'), sandbox.path('broken'));
    await expect(makeFolders(sandbox.path('file'))).rejects.toThrow('EEXIST');
    await expect(makeFolders(sandbox.path('file', 'x', 'y'))).rejects.toThrow('ENOTDIR');
    await expect(makeFolders(sandbox.path('broken'))).rejects.toThrow('EEXIST');
  });

  it.runIf(process.platform === 'linux')(
    'that the system does not make end in an error, not in a wait for ever',
    async () => {
      await expect(makeFolders('/proc/none/x')).rejects.toThrow('ENOENT');
      const writing = writeFileAtomic('/proc/none/x/file', '');
      await expect(writing).rejects.toThrow(UserError);
      await expect(writing).rejects.toThrow('"/proc/none/x" cannot be written: no such file or directory');
    },
  );
});

describe('a versioned file', () => {
  const format: JsonFormat<string> = {
    version: 3,
    what: 'thing',
    migrate: (older, from) => ({ ...older, name: `${textAt(older, 'title') ?? ''} from ${from}` }),
    parse: (value) => (isObject(value) ? textAt(value, 'name') : null),
  };
  const read = async (text: string): Promise<string | null> => {
    await writeFile(sandbox.path('thing.json'), text);
    return readJson(sandbox.path('thing.json'), format);
  };

  it('is read, migrated when older, null when absent', async () => {
    expect(await read('{"version":3,"name":"x"}')).toBe('x');
    expect(await read('{"version":1,"title":"x"}')).toBe('x from 1');
    expect(await readJson(sandbox.path('none'), format)).toBeNull();
  });

  it('of a newer version is refused', async () => {
    await expect(read('{"version":4,"name":"x"}')).rejects.toThrow(
      'was written by a newer claude-tmux (version 4 of the file, this one knows 3)',
    );
  });

  it.each(['', '{', '[]', 'null', '{"name":"x"}', '{"version":"3","name":"x"}', '{"version":3}'])(
    'that holds %j is named as damaged',
    async (text) => {
      await expect(read(text)).rejects.toThrow(`the thing "${sandbox.path('thing.json')}" is damaged`);
    },
  );
});

const RECORD: FleetRecord = {
  version: 1,
  uuid: 'u1',
  name: 'shop',
  session: 'shop',
  socket: '/tmp/s',
  machine: { id: 'm1', boot: 'b1', namespace: '4026531836', host: 'desk' },
  strategy: 'component',
  repo: 'git@host:shop.git',
  checkout: '/src/shop',
  layout: '/src/shop/a.yaml',
  workspace: '/w/shop',
  task: null,
  mcpServers: ['db'],
  localSettings: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  added: [],
  closed: [],
  sessions: [
    {
      id: 'api',
      number: 1,
      name: 'Api',
      renamedFrom: 'old',
      key: 'backend',
      color: 'green',
      kind: 'agent',
      isClaude: true,
      path: '/w/shop/api',
      owner: 'api',
      branch: 'b',
      base: null,
      baseOf: 'plan',
      launchHash: 'h',
      conversation: 'c',
      account: '',
      port: 3001,
      task: null,
      nextTask: { text: 't', branch: 'n', conversation: 'd' },
      syncedAt: '2026-01-02T00:00:00.000Z',
      syncWhenIdle: 'merge',
      dependsOn: [{ id: 'web', until: 'done' }],
    },
  ],
};

describe('fleet records', () => {
  it('come back as they were written', async () => {
    await writeFleet(store, RECORD);
    expect(await readFleet(store, 'u1')).toEqual(RECORD);
    expect(await readFleet(store, 'u2')).toBeNull();
  });

  it('that are damaged spoil no other', async () => {
    await writeFleet(store, RECORD);
    await writeFleet(store, { ...RECORD, uuid: 'u2', name: 'alpha', repo: '/elsewhere', checkout: null });
    await writeFleet(store, { ...RECORD, uuid: 'u3' });
    await writeFile(fleetPaths(store, 'u3').record, '{"version":1,"uuid":"u3"}');
    await mkdir(fleetPaths(store, 'u4').root);
    const fleets = await readFleets(store);
    expect(fleets.records.map(({ name }) => name)).toEqual(['alpha', 'shop']);
    expect(fleets.problems.map(({ message }) => message)).toEqual([
      `the fleet record "${fleetPaths(store, 'u3').record}" is damaged`,
    ]);
    expect(findByName(fleets, 'alpha')?.uuid).toBe('u2');
    expect(findByRepo(fleets, { repo: null, checkout: '/src/shop' }).map(({ uuid }) => uuid)).toEqual(['u1']);
    expect(findByRepo(fleets, { repo: null, checkout: null })).toEqual([]);
  });

  it('are none where there is no folder yet', async () => {
    expect(await readFleets(store)).toEqual({ records: [], problems: [] });
  });

  it('have a lock by name, whatever the name', () => {
    expect(fleetLock(store, '../../x')).toMatch(/\/locks\/[0-9a-f]{24}\.lock$/);
    expect(fleetLock(store, 'a')).not.toBe(fleetLock(store, 'b'));
  });
});

describe('trusted layouts', () => {
  it('are trusted by content, and a change asks again', async () => {
    const layout = { path: '/a.yaml', fingerprint: 'x' };
    expect(await readTrust(store, layout)).toBe('unknown');
    await trustLayout(store, layout, new Date(0));
    expect(await readTrust(store, layout)).toBe('trusted');
    expect(await readTrust(store, { ...layout, path: '/moved.yaml' })).toBe('trusted');
    expect(await readTrust(store, { ...layout, fingerprint: 'y' })).toBe('changed');
    expect(await readTrust(store, { path: '/b.yaml', fingerprint: 'y' })).toBe('unknown');
  });

  it('given side by side are all kept', async () => {
    const layouts = Array.from({ length: 8 }, (_, n) => ({ path: `/${n}`, fingerprint: `f${n}` }));
    await Promise.all(layouts.map(async (layout) => trustLayout(store, layout, new Date(0))));
    expect(await Promise.all(layouts.map(async (layout) => readTrust(store, layout)))).toEqual(
      layouts.map(() => 'trusted'),
    );
  });
});

describe('the inbox', () => {
  it('is read by time, and what is no event is passed over', async () => {
    const inbox = sandbox.path('inbox');
    await mkdir(inbox);
    const leave = async (name: string, text: string, at: number): Promise<void> => {
      await writeFile(`${inbox}/${name}`, text);
      await utimes(`${inbox}/${name}`, at, at);
    };
    await leave('UserPromptSubmit.web.200.7', `{"session_id":"s-2","prompt":"${'x'.repeat(70_000)}`, 20);
    await leave('SessionStart.api_2.100.8', '{"session_id": "s-1"}', 10);
    await leave('Stop.api_2.100.10', '', 30);
    await leave('PreToolUse.api_2.100.9', '{"session_id":"s-1","tool_name":"Re', 30);
    await leave('.123', 'half', 5);
    await leave('README', '', 5);
    expect(
      readInbox(inbox).map(({ session, claudePid, event }) => [
        session,
        claudePid,
        event.event,
        event.time,
        event.sessionId,
        event.tool,
      ]),
    ).toEqual([
      ['api_2', 100, 'SessionStart', 10_000, 's-1', null],
      ['web', 200, 'UserPromptSubmit', 20_000, 's-2', null],
      ['api_2', 100, 'PreToolUse', 30_000, 's-1', 'Re'],
      ['api_2', 100, 'Stop', 30_000, null, null],
    ]);
    clearInbox(inbox, ['Stop.api_2.100.10', 'gone'], 65_001);
    expect((await readdir(inbox)).sort()).toEqual([
      'PreToolUse.api_2.100.9',
      'README',
      'SessionStart.api_2.100.8',
      'UserPromptSubmit.web.200.7',
    ]);
  });

  it('that is absent is empty, one that cannot be read is an error', async () => {
    expect(readInbox(sandbox.path('none'))).toEqual([]);
    await writeFile(sandbox.path('file'), '');
    await chmod(sandbox.path('file'), 0o600);
    expect(() => readInbox(sandbox.path('file'))).toThrow('ENOTDIR');
  });
});
