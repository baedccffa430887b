import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { writePlugin } from '../../src/agent/plugin.ts';
import type { HookEvent } from '../../src/status/hookEvent.ts';
import { readInbox } from '../../src/store/inbox.ts';
import { type FleetPaths, fleetPaths, type SessionPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { type Ended, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { PACKAGE_ROOT } from './launchedPane.ts';

export const ID = '5f3a2b1c-1111-4222-8333-617069303030';
export const TRANSCRIPT = '/home/u/.claude/projects/-w/x.jsonl';
const COMMON = { session_id: ID, transcript_path: TRANSCRIPT, cwd: '/w', permission_mode: 'default' };
export const START = json({ hook_event_name: 'SessionStart', source: 'startup', model: 'claude-opus-4-8[1m]' });

/** As Claude Code writes it: on one line, the common fields first. */
export function json(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...COMMON, ...fields });
}

export const SILENT: Ended = { code: 0, stdout: '', stderr: '' };

interface Fired {
  readonly event: string;
  readonly input: string;
  /** What stands in the pid file: a pid, or `self` (the process that runs the hook, as claude does), or `above` (its parent). */
  readonly agent?: string;
  /** A shell that runs the hook in place of the system's. */
  readonly shell?: readonly string[];
  readonly times?: number;
}

/** A fleet with one session, `api`, whose hooks are run as claude runs them. */
export interface HookScene {
  readonly sandbox: Sandbox;
  readonly fleet: FleetPaths;
  readonly files: SessionPaths;
  /** Runs the registered command as claude does: without a shell, its own process as the parent. */
  fire(fired: Fired): Promise<Ended>;
  events(): readonly HookEvent[];
  /** Everything that lies in the inbox, as text. */
  written(): Promise<string>;
}

export async function makeHookScene(): Promise<HookScene> {
  const sandbox = await makeSandbox();
  const fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  const files = sessionPaths(fleet, 'api');
  await mkdir(files.root, { recursive: true });
  await writePlugin(fleet, { packageRoot: PACKAGE_ROOT, version: '1.2.3', claude: '2.1.197' });
  await writeFile(sandbox.path('claude.mjs'), FAKE_CLAUDE);
  return {
    sandbox,
    fleet,
    files,
    fire: ({ event, input, agent = 'self', shell = [], times = 1 }) => {
      const env = {
        ...sandbox.env,
        CLAUDE_TMUX_SESSION_DIR: files.root,
        SECRET: 'sk-very-secret',
        HOOKS: `${fleet.plugin}/hooks/hooks.json`,
        EVENT: event,
        AGENT: agent,
        PID_FILE: files.pid,
        SHELL_WORDS: JSON.stringify(shell),
        TIMES: String(times),
      };
      return run(process.execPath, [sandbox.path('claude.mjs')], { env, input });
    },
    events: () => readInbox(fleet.inbox).map(({ event }) => event),
    written: async () => {
      const names = await readdir(fleet.inbox);
      return (await Promise.all(names.map((name) => readFile(`${fleet.inbox}/${name}`, 'utf8')))).join('');
    },
  };
}

/** Starts the hook TIMES times at once; `#` in its input is the number of the time. */
const FAKE_CLAUDE = `
import { readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
const [{ hooks: [hook] }] = JSON.parse(readFileSync(process.env.HOOKS, 'utf8')).hooks[process.env.EVENT];
const pid = { self: process.pid, above: process.ppid }[process.env.AGENT] ?? process.env.AGENT;
writeFileSync(process.env.PID_FILE, pid + '\\n1\\nboot\\n');
const input = readFileSync(0, 'utf8');
const [program, ...args] = [...JSON.parse(process.env.SHELL_WORDS), hook.command, ...hook.args];
const once = (n) => new Promise((resolve) => {
  const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => { process.stderr.write('closed pipe'); });
  child.stdin.end(process.env.TIMES === '1' ? input : input.replaceAll('#', String(n)));
  child.on('close', resolve);
});
const codes = await Promise.all(Array.from({ length: Number(process.env.TIMES) }, (_, n) => once(n)));
process.exit(Math.max(...codes));`;
