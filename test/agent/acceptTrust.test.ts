import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acceptTrust, type Accepted, type WriteStep } from '../../src/agent/acceptTrust.ts';
import { run, type Ended } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { canMount, mountSmallDisk } from '../support/smallDisk.ts';

const BEFORE = `{
  "numStartups": 12345678901234567890,
  "projects": {
    "/w/known": {"allowedTools": [], "hasTrustDialogAccepted": false}
  },
  "1": 1.0
}
`;
const AFTER = BEFORE.replace('false}', 'false},\n    "/w/a": {\n      "hasTrustDialogAccepted": true\n    }');

let sandbox: Sandbox;
let file: string;
beforeEach(async () => {
  sandbox = await makeSandbox();
  file = sandbox.path('home', '.claude.json');
  await writeFile(file, BEFORE, { mode: 0o600 });
});
afterEach(() => sandbox.dispose());

const accept = (
  more: { readonly account?: string; readonly patienceMs?: number; readonly keys?: readonly string[] } = {},
): Promise<Accepted> =>
  acceptTrust({
    whose: { account: more.account ?? '', home: sandbox.home },
    keys: more.keys ?? ['/w/a'],
    patienceMs: more.patienceMs ?? 15_000,
  });
const text = (path = file): Promise<string> => readFile(path, 'utf8');
/** All that is in the folder but what the sandbox itself made there. */
const names = async (): Promise<readonly string[]> =>
  (await readdir(dirname(file))).filter((name) => name.startsWith('.claude')).sort();

describe('the yes that is written into the file of Claude Code', () => {
  it('changes nothing but the member it is about, keeps the mode, and leaves nothing beside it', async () => {
    expect(await accept()).toEqual({ file, missing: [], why: null });
    expect(await text()).toBe(AFTER);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await names()).toEqual(['.claude.json']);
  });

  it('is not written twice: the file stays the same one', async () => {
    await accept();
    const { ino } = await stat(file);
    expect((await accept()).missing).toEqual([]);
    expect((await stat(file)).ino).toBe(ino);
  });

  it('goes through links to the real file, also where that is not there yet', async () => {
    await mkdir(sandbox.path('dotfiles'));
    await symlink(sandbox.path('dotfiles', 'claude'), sandbox.path('dotfiles', 'second'));
    await chmod(file, 0o600);
    await run('rm', [file], { env: sandbox.env });
    await symlink(sandbox.path('dotfiles', 'second'), file);
    expect((await accept()).missing).toEqual([]);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(JSON.parse(await text(sandbox.path('dotfiles', 'claude')))).toEqual({
      projects: { '/w/a': { hasTrustDialogAccepted: true } },
    });
    expect(await readdir(sandbox.path('dotfiles'))).toEqual(['claude', 'second']);
  });

  it('makes a file that is missing, for its owner alone, and the folder that CLAUDE_CONFIG_DIR names', async () => {
    const account = sandbox.path('moved');
    expect(await accept({ account })).toEqual({ file: sandbox.path('moved', '.claude.json'), missing: [], why: null });
    expect((await stat(sandbox.path('moved', '.claude.json'))).mode & 0o777).toBe(0o600);
    expect(await text()).toBe(BEFORE);
  });

  it('goes into the older .config.json where Claude Code still uses that', async () => {
    const old = sandbox.path('home', '.claude', '.config.json');
    await mkdir(dirname(old));
    await writeFile(old, '{}');
    expect(await accept()).toEqual({ file: old, missing: [], why: null });
    expect(await text()).toBe(BEFORE);
  });

  it.each(['', '{', 'no JSON', '[]', '{"projects":[]}', '{"projects":{"/w/a":1}}', '\u0000'])(
    'never overwrites what is no file of Claude: %j',
    async (content) => {
      await writeFile(file, content);
      expect(await accept()).toMatchObject({
        missing: ['/w/a'],
        why: 'does not hold what Claude Code writes there, and was left as it is',
      });
      expect(await text()).toBe(content);
      expect(await names()).toEqual(['.claude.json']);
    },
  );

  it('leaves bytes that are no text as they are', async () => {
    await writeFile(file, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    expect((await accept()).why).toBe('is not UTF-8 text');
  });

  it('waits for nothing at a FIFO or a folder', async () => {
    await run('rm', [file], { env: sandbox.env });
    await run('mkfifo', [file], { env: sandbox.env });
    expect((await accept()).why).toBe('is no regular file');
    await run('rm', [file], { env: sandbox.env });
    await mkdir(file);
    expect((await accept()).why).toBe('is no regular file');
  });

  it('respects a file that is read-only', async () => {
    await chmod(file, 0o400);
    expect((await accept()).why).toBe('is read-only');
    expect(await text()).toBe(BEFORE);
  });

  it('takes over a lock that was left behind, and gives up at one that is held', async () => {
    await mkdir(`${file}.lock`);
    expect(await accept({ patienceMs: 100 })).toMatchObject({
      missing: ['/w/a'],
      why: 'is locked by another program all the time (.claude.json.lock)',
    });
    expect(await text()).toBe(BEFORE);
    const old = new Date(Date.now() - 11_000);
    await utimes(`${file}.lock`, old, old);
    expect((await accept({ patienceMs: 100 })).missing).toEqual([]);
    expect(await names()).toEqual(['.claude.json']);
  });

  it('leaves a lock alone that is none of Claude', async () => {
    await mkdir(`${file}.lock/of-somebody`, { recursive: true });
    const old = new Date(Date.now() - 11_000);
    await utimes(`${file}.lock`, old, old);
    expect((await accept({ patienceMs: 100 })).missing).toEqual(['/w/a']);
    expect(existsSync(`${file}.lock/of-somebody`)).toBe(true);
  });
});

describe.skipIf(!canMount())('on a disk that is full or read-only', () => {
  it('says so, and nothing of the file is lost', async () => {
    const disk = await mountSmallDisk('1m');
    try {
      const account = disk.path;
      const own = `${disk.path}/.claude.json`;
      await writeFile(own, BEFORE);
      await disk.fill();
      expect((await accept({ account })).why).toBe('cannot be written: no space left on device');
      expect(await text(own)).toBe(BEFORE);
      expect((await readdir(disk.path)).filter((name) => name.startsWith('.claude'))).toEqual(['.claude.json']);
      await disk.makeRoom();
      await run('mount', ['-o', 'remount,ro', disk.path], { env: sandbox.env });
      expect((await accept({ account })).why).toBe('cannot be written: read-only file system');
      expect(await text(own)).toBe(BEFORE);
    } finally {
      await disk.dispose();
    }
  });
});

describe('a writer among others', () => {
  let place: Sandbox;
  let program: string;
  beforeAll(async () => {
    place = await makeSandbox();
    program = place.path('accept.mjs');
    await build({
      entryPoints: [resolve('test/agent/acceptProgram.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outfile: program,
      logLevel: 'silent',
    });
  });
  afterAll(() => place.dispose());
  const start = (...args: readonly string[]): Promise<Ended> =>
    run(process.execPath, [program, ...args], { env: sandbox.env });

  const STEPS: readonly WriteStep[] = ['locked', 'read', 'made', 'written', 'synced', 'renamed'];
  it.each(STEPS)(
    'killed when it has %s, it leaves the old file or the new one, and a lock that is stale after 10 s',
    async (step) => {
      expect((await start('accept', sandbox.home, step, '/w/a')).code).toBeNull();
      expect(await text()).toBe(step === 'renamed' ? AFTER : BEFORE);
      const left = new Date((await stat(`${file}.lock`)).mtimeMs - 10_001);
      await utimes(`${file}.lock`, left, left);
      expect((await accept()).missing).toEqual([]);
      expect(await text()).toBe(AFTER);
      expect(await names()).toEqual(['.claude.json']);
    },
  );

  it('loses nothing that ten sessions of the user write at the same time, and none of its own', async () => {
    const keys = Array.from({ length: 8 }, (_, number) => `/w/${number}`);
    const sessions = Array.from({ length: 10 }, (_, number) =>
      start('claude', sandbox.home, `session-${number}`, '15'),
    );
    const writers = keys.map((key) => start('accept', sandbox.home, 'never', key));
    for (const { code, stdout } of await Promise.all(writers))
      expect([code, JSON.parse(stdout)]).toEqual([0, { file, missing: [], why: null }]);
    await Promise.all(sessions);
    const config = JSON.parse(await text()) as { projects: Record<string, unknown> };
    expect(Object.keys(config.projects).sort()).toEqual(['/w/known', ...keys].sort());
    expect(Object.keys(config).filter((key) => key.startsWith('session-'))).toHaveLength(150);
    expect(await names()).toEqual(['.claude.json']);
  });
});
