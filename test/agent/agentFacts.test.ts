import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentReading, readAgents } from '../../src/agent/agentFacts.ts';
import { readRegistry, readRegistryEntry } from '../../src/agent/registry.ts';
import { type FleetPaths, fleetPaths, type SessionPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { readBootId, readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
let files: SessionPaths;
let folder: string;
let children: ChildProcess[];
beforeEach(async () => {
  sandbox = await makeSandbox();
  fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  files = sessionPaths(fleet, 'api');
  folder = `${sandbox.home}/.claude/sessions`;
  children = [];
  await mkdir(files.root, { recursive: true });
  await mkdir(folder, { recursive: true });
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await sandbox.dispose();
});

async function startAgent(script = 'exec sleep 1000'): Promise<number> {
  const child = spawn('sh', ['-c', script], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  await writeFile(files.pid, await identityOf(pid));
  return pid;
}

async function identityOf(pid: number): Promise<string> {
  return `${pid}\n${(await readProcStart(pid)) ?? ''}\n${await readBootId()}\n`;
}

async function register(pid: number, more: Record<string, unknown> = {}): Promise<void> {
  const entry = {
    pid,
    sessionId: 'now',
    cwd: '/w',
    procStart: await readProcStart(pid),
    kind: 'interactive',
    status: 'idle',
    statusUpdatedAt: 5,
    ...more,
  };
  await writeFile(`${folder}/${pid}.json`, JSON.stringify(entry));
}

async function read(): Promise<AgentReading> {
  const sessions = [{ id: 'api', isClaude: true, conversation: 'given' }];
  const { api } = await readAgents({ paths: fleet, sessions, env: sandbox.env, home: sandbox.home });
  if (!api) throw new Error('no reading');
  return api;
}

describe('what is known of an agent', () => {
  it('has no entry where the registry cannot be read, and says why; the process is told all the same', async () => {
    const pid = await startAgent();
    await rm(folder, { recursive: true });
    await writeFile(folder, 'no folder');
    expect(await read()).toMatchObject({
      alive: true,
      pid,
      registry: null,
      registryProblem: expect.stringContaining('ENOTDIR') as unknown,
    });
  });

  it('that was never started is nothing', async () => {
    expect(await read()).toEqual({
      account: null,
      alive: false,
      suspended: false,
      exit: null,
      early: false,
      pid: null,
      startedAt: null,
      endedAt: null,
      conversation: 'given',
      prompted: false,
      begun: false,
      transcript: null,
      registry: null,
      preparation: null,
      registryProblem: null,
    });
  });

  it('that runs is its process and its registry entry', async () => {
    const pid = await startAgent();
    await register(pid);
    await writeFile(files.prompted, '');
    expect(await read()).toMatchObject({
      alive: true,
      exit: null,
      pid,
      conversation: 'now',
      prompted: true,
      registry: { pid, status: 'idle' },
    });
  });

  it('that takes the place of one that has just ended lives', async () => {
    const child = spawn('sh', ['-c', 'exec sleep 1000'], { stdio: 'ignore' });
    children.push(child);
    const next = await identityOf(child.pid ?? 0);
    await writeFile(files.pid, `999999999\n1\n${await readBootId()}\n`);
    await writeFile(`${files.pid}.next`, next);
    const reading = read();
    await rename(`${files.pid}.next`, files.pid);
    expect(await reading).toMatchObject({ alive: true, exit: null, pid: child.pid });
  });

  it('that was stopped (Ctrl-Z) lives and is suspended, until it goes on', async () => {
    const pid = await startAgent();
    expect(await read()).toMatchObject({ alive: true, suspended: false });
    process.kill(pid, 'SIGSTOP');
    await eventually(async () => expect(await read()).toMatchObject({ alive: true, suspended: true }));
    process.kill(pid, 'SIGCONT');
    await eventually(async () => expect(await read()).toMatchObject({ alive: true, suspended: false }));
  });

  it('of a session called `constructor` is its own, and of one that was not asked for nothing', async () => {
    const sessions = [{ id: 'constructor', isClaude: true, conversation: 'given' }];
    const readings = await readAgents({ paths: fleet, sessions, env: sandbox.env, home: sandbox.home });
    expect(readings['constructor']).toMatchObject({ conversation: 'given' });
    expect(
      (await readAgents({ paths: fleet, sessions: [], env: sandbox.env, home: sandbox.home }))['constructor'],
    ).toBeUndefined();
  });

  it('of damaged files is what is left of them: no id that is a path, no end at a time that is none', async () => {
    await writeFile(files.pid, `4194300\n1\n${await readBootId()}\n`);
    await writeFile(files.exit, '3 99999999999999999999\n');
    await writeFile(files.session, '../../evil\n');
    expect(await read()).toMatchObject({ exit: 3, endedAt: null, conversation: 'given' });
  });

  it('behind a wrapper is found through its parents', async () => {
    const pid = await startAgent(`sleep 1000 & echo $! >"${sandbox.path('inner')}"; wait`);
    const inner = await eventually(async () => {
      const text = await readFile(sandbox.path('inner'), 'utf8');
      expect(text).toMatch(/^\d+\n$/);
      return Number(text);
    });
    try {
      await register(inner);
      expect(await read()).toMatchObject({ alive: true, pid, registry: { pid: inner } });
    } finally {
      process.kill(inner, 'SIGKILL');
    }
  });

  it('that ended is its exit code; the conversation is the last that the hook told', async () => {
    await writeFile(files.pid, `4194300\n1\n${await readBootId()}\n`);
    await writeFile(files.exit, '3 1800000000\n');
    await writeFile(files.session, 'told\n');
    expect(await read()).toMatchObject({ alive: false, exit: 3, endedAt: 1_800_000_000_000, conversation: 'told' });
  });

  it.each([
    ['a pid used again', async () => `${process.pid}\n1\n${await readBootId()}\n`],
    ['a pid of another boot', async () => `${process.pid}\n${(await readProcStart(process.pid)) ?? ''}\nbefore\n`],
  ])('%s is not alive', async (_name, text) => {
    await writeFile(files.pid, await text());
    expect(await read()).toMatchObject({ alive: false, exit: null });
  });

  it('whose launch file runs counts as started until its program has left a pid, for a while', async () => {
    await writeFile(files.exit, '0 1800000000\n');
    await utimes(files.exit, 1, 1);
    await writeFile(files.launch, '');
    expect(await read()).toMatchObject({ alive: false, exit: 0 });
    await writeFile(files.starting, await identityOf(process.pid));
    expect(await read()).toMatchObject({ alive: true, exit: null, pid: null });
    const past = Date.now() / 1000 - 60;
    await utimes(files.starting, past, past);
    expect(await read()).toMatchObject({ alive: false, exit: 0 });
  });

  it.each([
    ['was killed', async () => `4194300\n1\n${await readBootId()}\n`],
    [
      'ran before the machine was started',
      async () => (await identityOf(process.pid)).replace(await readBootId(), 'before'),
    ],
    ['has just come', () => Promise.resolve('')],
  ])('whose launch file %s is not being started', async (_name, text) => {
    await writeFile(files.starting, await text());
    expect(await read()).toMatchObject({ alive: false });
  });

  it('is read once its launch file has filled the mark that it has opened', async () => {
    const pid = await startAgent();
    await writeFile(files.pid, '');
    const reading = read();
    await writeFile(files.pid, await identityOf(pid));
    expect(await reading).toMatchObject({ alive: true, pid });
  });

  it.each(['', '4711\n', '4711\n123'])(
    'is not called ended where a full disk left of its mark %j, unless the machine was started since',
    async (left) => {
      await writeFile(files.pid, left);
      expect(await read()).toMatchObject({
        alive: true,
        unread: expect.stringMatching(/pid" names no process.*disk full/) as unknown,
      });
      const before = Date.now() / 1000 - uptime() - 60;
      await utimes(files.pid, before, before);
      expect(await read()).toMatchObject({ alive: false, exit: null, pid: null });
    },
  );

  it('that cannot be read is not called ended, and says why', async () => {
    await mkdir(files.exit);
    expect(await read()).toMatchObject({
      alive: true,
      exit: null,
      unread: expect.stringContaining('folder') as unknown,
    });
  });
});

describe("Claude's registry", () => {
  it('passes over what is stale, half-written, of another name or of another process', async () => {
    const pid = await startAgent();
    await register(pid);
    await writeFile(`${folder}/4194300.json`, JSON.stringify({ pid: 4194300, status: 'busy' }));
    await writeFile(
      `${folder}/${process.pid}.json`,
      JSON.stringify({ pid: process.pid, procStart: '1', status: 'busy' }),
    );
    await writeFile(`${folder}/${process.ppid}.json`, '{"pid":');
    await writeFile(`${folder}/pid-${process.pid}.json`, JSON.stringify({ pid: process.pid }));
    expect((await readRegistry(folder)).map((entry) => entry.pid)).toEqual([pid]);
    await writeFile(`${folder}/77.json`, JSON.stringify({ pid }));
    expect(await readRegistryEntry(folder, 77)).toBeNull();
  });

  it('passes over what is no file and what cannot be a file of its own, and keeps the rest', async () => {
    const pid = await startAgent();
    await register(pid, { sessionId: 'a\u0000b', cwd: '/w\u0000', startedAt: 1e20, statusUpdatedAt: 1.5 });
    await mkdir(`${folder}/1.json`);
    await writeFile(`${folder}/99999999999999999999.json`, JSON.stringify({ pid: 99999999999999999999 }));
    execFileSync('mkfifo', [`${folder}/2.json`]);
    expect(await readRegistry(folder)).toMatchObject([
      { pid, sessionId: null, cwd: null, startedAt: null, statusUpdatedAt: null, status: 'idle' },
    ]);
  });

  it('is empty before claude has ever run', async () => {
    expect(await readRegistry(sandbox.path('none'))).toEqual([]);
  });
});
