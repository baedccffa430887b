import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOOK_EVENTS, writePlugin } from '../../src/agent/plugin.ts';
import { isObject } from '../../src/base/json.ts';
import { readInbox } from '../../src/store/inbox.ts';
import { type FleetPaths, fleetPaths, type SessionPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { type Ended, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { PACKAGE_ROOT } from './launchedPane.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
let files: SessionPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  files = sessionPaths(fleet, 'api');
  await mkdir(files.root, { recursive: true });
  await writePlugin(fleet, { packageRoot: PACKAGE_ROOT, version: '1.2.3' });
});
afterEach(async () => sandbox.dispose());

const ID = '5f3a2b1c-1111-4222-8333-617069303030';
const START = JSON.stringify({ session_id: ID, transcript_path: '/x', hook_event_name: 'SessionStart', source: 'startup' });

interface Fired {
  readonly event: string;
  readonly input: string;
  /** What stands in the pid file: a pid, or `self` (the process that runs the hook, as claude does), or `above` (its parent). */
  readonly agent?: string;
  readonly pane?: string;
}

/** Runs the registered command as claude does: without a shell, its own process as the parent. */
async function fire({ event, input, agent = 'self', pane = '%7' }: Fired): Promise<Ended> {
  const claude = sandbox.path('claude.mjs');
  await writeFile(claude, FAKE_CLAUDE);
  const env = { ...sandbox.env, TMUX_PANE: pane, CLAUDE_TMUX_SESSION_DIR: files.root, SECRET: 'sk-very-secret', HOOKS: `${fleet.plugin}/hooks/hooks.json`, EVENT: event, AGENT: agent, PID_FILE: files.pid };
  return run(process.execPath, [claude], { env, input });
}

const FAKE_CLAUDE = `
import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const [{ hooks: [hook] }] = JSON.parse(readFileSync(process.env.HOOKS, 'utf8')).hooks[process.env.EVENT];
const pid = { self: process.pid, above: process.ppid }[process.env.AGENT] ?? process.env.AGENT;
writeFileSync(process.env.PID_FILE, pid + '\\n1\\nboot\\n');
const { status, stdout, stderr } = spawnSync(hook.command, hook.args, { input: readFileSync(0) });
process.stdout.write(stdout); process.stderr.write(stderr); process.exit(status);`;

const SILENT: Ended = { code: 0, stdout: '', stderr: '' };

describe('the plugin folder', () => {
  it('registers the events that are old enough, and nothing that runs through a shell', async () => {
    const hooks: unknown = JSON.parse(await readFile(`${fleet.plugin}/hooks/hooks.json`, 'utf8'));
    expect(isObject(hooks) && isObject(hooks.hooks) && Object.keys(hooks.hooks)).toEqual([...HOOK_EVENTS]);
    const command = { type: 'command', command: `${fleet.plugin}/hook.sh`, args: ['SessionEnd', fleet.inbox], timeout: 5 };
    expect(hooks).toMatchObject({ hooks: { SessionEnd: [{ hooks: [command] }] } });
    expect(JSON.parse(await readFile(`${fleet.plugin}/.claude-plugin/plugin.json`, 'utf8'))).toMatchObject({ name: 'claude-tmux', version: '1.2.3' });
  });
});

describe('the hook', () => {
  it('leaves one file for the user alone, says nothing, and writes down nothing of the environment', async () => {
    expect(await fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    const [event, ...others] = await readInbox(fleet.inbox);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ event: 'SessionStart', pane: '%7', sessionId: ID, content: { source: 'startup' } });
    expect((await stat(event?.file ?? '')).mode & 0o777).toBe(0o600);
    expect(await readFile(event?.file ?? '', 'utf8')).not.toContain('secret');
    expect(await readFile(files.session, 'utf8')).toBe(`${ID}\n`);
    expect(await readdir(files.root)).toEqual(['pid', 'session']);
  });

  it('takes the last id: /clear gives the same process another', async () => {
    await fire({ event: 'SessionStart', input: START });
    await fire({ event: 'SessionStart', input: START.replace(ID, 'other-id') });
    expect(await readFile(files.session, 'utf8')).toBe('other-id\n');
  });

  it('of a claude behind a wrapper counts as the agent', async () => {
    await fire({ event: 'SessionStart', input: START, agent: 'above' });
    expect(await readFile(files.session, 'utf8')).toBe(`${ID}\n`);
  });

  it('of another claude (a teammate) leaves its event and neither id nor marker', async () => {
    expect(await fire({ event: 'SessionStart', input: START, agent: '4194303' })).toEqual(SILENT);
    expect(await fire({ event: 'UserPromptSubmit', input: '{}', agent: '4194303' })).toEqual(SILENT);
    expect(await readdir(files.root)).toEqual(['pid']);
    expect(await readInbox(fleet.inbox)).toHaveLength(2);
  });

  it('marks that the prompt has arrived', async () => {
    await fire({ event: 'UserPromptSubmit', input: '{"session_id":"x","prompt":"hi"}' });
    expect(await readdir(files.root)).toEqual(['pid', 'prompted']);
  });

  it('keeps 64 KiB of a prompt of 2 MB, and reads the rest so that claude sees no closed pipe', async () => {
    const input = JSON.stringify({ session_id: 's-9', prompt: 'x'.repeat(2_000_000) });
    expect(await fire({ event: 'UserPromptSubmit', input })).toEqual(SILENT);
    const [event] = await readInbox(fleet.inbox);
    expect(event).toMatchObject({ sessionId: 's-9', content: null });
    expect((await stat(event?.file ?? '')).size).toBe(65_536);
  });

  it.each([
    ['no id', '{"source":"startup"}'],
    ['an id that is a path', '{"session_id":"../../evil"}'],
    ['an id that is a command', '{"session_id":"$(touch evil)"}'],
    ['nothing', ''],
    ['no JSON', "'; touch evil; '"],
  ])('writes no id for %s', async (_name, input) => {
    expect(await fire({ event: 'SessionStart', input })).toEqual(SILENT);
    expect(await readdir(files.root)).toEqual(['pid']);
  });

  it('never fails: without an inbox, on a folder that cannot be written, without a pane', async () => {
    await chmod(fleet.inbox, 0o500);
    expect(await fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    await chmod(fleet.inbox, 0o700);
    expect(await run(`${fleet.plugin}/hook.sh`, ['Stop', sandbox.path('none')], { env: sandbox.env, input: START })).toEqual(SILENT);
    expect(await run(`${fleet.plugin}/hook.sh`, [], { env: sandbox.env, input: START })).toEqual(SILENT);
    expect(await run(`${fleet.plugin}/hook.sh`, ['Stop', fleet.inbox], { env: sandbox.env, input: START })).toEqual(SILENT);
    expect((await readInbox(fleet.inbox)).at(-1)).toMatchObject({ event: 'Stop', pane: null });
  });

  it('makes room in a full inbox by its own older events only', async () => {
    await Promise.all(Array.from({ length: 1000 }, async (_, n) => writeFile(`${fleet.inbox}/Stop.%${n % 2 === 0 ? 7 : 8}.${n % 2 === 0 ? process.pid : 55}.${n}`, '{}')));
    await run(`${fleet.plugin}/hook.sh`, ['Stop', fleet.inbox], { env: { ...sandbox.env, TMUX_PANE: '%7' }, input: '{}' });
    expect(await readdir(fleet.inbox)).toHaveLength(501);
  });
});
