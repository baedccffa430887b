import { readdirSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePlugin } from '../../src/agent/plugin.ts';
import type { HookEvent } from '../../src/status/hookEvent.ts';
import { readInbox } from '../../src/store/inbox.ts';
import { type FleetPaths, fleetPaths, type SessionPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { type Ended, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { PACKAGE_ROOT, SHELLS } from './launchedPane.ts';

let sandbox: Sandbox;
let fleet: FleetPaths;
let files: SessionPaths;
beforeEach(async () => {
  sandbox = await makeSandbox();
  fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  files = sessionPaths(fleet, 'api');
  await mkdir(files.root, { recursive: true });
  await writePlugin(fleet, { packageRoot: PACKAGE_ROOT, version: '1.2.3', claude: '2.1.197' });
  await writeFile(sandbox.path('claude.mjs'), FAKE_CLAUDE);
});
afterEach(async () => sandbox.dispose());

const ID = '5f3a2b1c-1111-4222-8333-617069303030';
const TRANSCRIPT = '/home/u/.claude/projects/-w/x.jsonl';
const COMMON = { session_id: ID, transcript_path: TRANSCRIPT, cwd: '/w', permission_mode: 'default' };
const START = json({ hook_event_name: 'SessionStart', source: 'startup', model: 'claude-opus-4-8[1m]' });

/** As Claude Code writes it: on one line, the common fields first. */
function json(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...COMMON, ...fields });
}

interface Fired {
  readonly event: string;
  readonly input: string;
  /** What stands in the pid file: a pid, or `self` (the process that runs the hook, as claude does), or `above` (its parent). */
  readonly agent?: string;
  /** A shell that runs the hook in place of the system's. */
  readonly shell?: readonly string[];
  readonly times?: number;
}

/** Runs the registered command as claude does: without a shell, its own process as the parent. */
async function fire({ event, input, agent = 'self', shell = [], times = 1 }: Fired): Promise<Ended> {
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

const SILENT: Ended = { code: 0, stdout: '', stderr: '' };

function events(): readonly HookEvent[] {
  return readInbox(fleet.inbox).map(({ event }) => event);
}

/** Everything that lies in the inbox, as text. */
async function written(): Promise<string> {
  const names = await readdir(fleet.inbox);
  return (await Promise.all(names.map((name) => readFile(`${fleet.inbox}/${name}`, 'utf8')))).join('');
}

describe('the hook', () => {
  it('leaves one file for the user alone, says nothing, and writes down nothing of the environment', async () => {
    expect(await fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    const [left, ...others] = readInbox(fleet.inbox);
    expect(others).toEqual([]);
    expect(left).toMatchObject({
      session: 'api',
      event: { event: 'SessionStart', sessionId: ID, kind: 'startup', model: 'claude-opus-4-8[1m]' },
    });
    expect((await stat(`${fleet.inbox}/${left?.name ?? ''}`)).mode & 0o777).toBe(0o600);
    expect(await written()).not.toMatch(/secret|transcript/);
    expect(await readFile(files.session, 'utf8')).toBe(`${ID}\nstartup\n${TRANSCRIPT}\n`);
    expect(await readdir(files.root)).toEqual(['claude', 'pid', 'session']);
  });

  it('takes the last id: /clear gives the same process another', async () => {
    await fire({ event: 'SessionStart', input: START });
    await fire({ event: 'SessionStart', input: START.replace(ID, 'other-id') });
    expect((await readFile(files.session, 'utf8')).split('\n')[0]).toBe('other-id');
  });

  it('of a claude behind a wrapper counts as the agent', async () => {
    await fire({ event: 'SessionStart', input: START, agent: 'above' });
    expect((await readFile(files.session, 'utf8')).split('\n')[0]).toBe(ID);
  });

  it('of another claude (a teammate) leaves nothing', async () => {
    expect(await fire({ event: 'SessionStart', input: START, agent: '4194303' })).toEqual(SILENT);
    expect(await fire({ event: 'UserPromptSubmit', input: '{}', agent: '4194303' })).toEqual(SILENT);
    expect(await readdir(files.root)).toEqual(['pid']);
    expect(events()).toEqual([]);
  });

  it("of a claude inside our claude's tools leaves nothing: ours, which is above it, has spoken first", async () => {
    await writeFile(`${files.root}/claude`, `${process.pid} 1 ${process.pid}\n`);
    expect(await fire({ event: 'Stop', input: json({}), agent: 'above' })).toEqual(SILENT);
    expect(events()).toEqual([]);
  });

  it('marks that the prompt has arrived, and keeps what the states need of it', async () => {
    await fire({ event: 'UserPromptSubmit', input: json({ prompt: 'say "hi"\n\\o/ Á' }) });
    expect(await readdir(files.root)).toEqual(['claude', 'pid', 'prompted']);
    expect(events()).toMatchObject([
      { event: 'UserPromptSubmit', sessionId: ID, permissionMode: 'default', detail: 'say "hi" \\o/ Á' },
    ]);
  });

  it('keeps 64 KiB of a prompt of 10 MB, and reads the rest so that claude sees no closed pipe', async () => {
    expect(await fire({ event: 'UserPromptSubmit', input: json({ prompt: 'x'.repeat(10_000_000) }) })).toEqual(SILENT);
    expect(events()).toMatchObject([{ sessionId: ID, detail: `${'x'.repeat(199)}…` }]);
    expect((await written()).length).toBe(65_536);
  });

  it.each([
    ['no id', '{"source":"startup"}'],
    ['an id that is a path', '{"session_id":"../../evil"}'],
    ['an id that is a command', '{"session_id":"$(touch evil)"}'],
    ['nothing', ''],
    ['no JSON', "'; touch evil; '"],
  ])('writes no id for %s', async (_name, input) => {
    expect(await fire({ event: 'SessionStart', input })).toEqual(SILENT);
    expect(await readdir(files.root)).toEqual(['claude', 'pid']);
    expect(events()).toMatchObject([{ event: 'SessionStart' }]);
  });

  it('a hundred at once never mix', async () => {
    const input = json({ prompt: `# ${'y'.repeat(30_000)} #`, last: '#' });
    expect(await fire({ event: 'UserPromptSubmit', input, times: 100 })).toEqual(SILENT);
    const left = (
      await Promise.all(readdirSync(fleet.inbox).map((name) => readFile(`${fleet.inbox}/${name}`, 'utf8')))
    ).sort();
    expect(left).toEqual(Array.from({ length: 100 }, (_, n) => input.replaceAll('#', String(n))).sort());
  });
});

describe('what the hook keeps of tools', () => {
  it('is the tool and the ids, and of one that begins the command that may be asked about: no other input, no output', async () => {
    const begun = {
      tool_name: 'Bash',
      tool_input: { command: 'make', content: 'hidden', record: { command: 'hidden' } },
    };
    const call = {
      tool_name: 'Bash',
      tool_input: { command: 'cat hidden', session_id: 'hidden' },
      tool_response: { stdout: 'hidden' },
    };
    await fire({ event: 'PreToolUse', input: json({ agent_id: 'a-1', hook_event_name: 'PreToolUse', ...begun }) });
    await fire({ event: 'PostToolUse', input: json({ ...call, tool_use_id: 't' }) });
    await fire({ event: 'PostToolUseFailure', input: json({ ...call, error: 'hidden' }) });
    await fire({ event: 'PostToolBatch', input: json({ tool_calls: [call] }) });
    await fire({ event: 'SubagentStop', input: json({ agent_id: 'a-1', last_assistant_message: 'hidden' }) });
    expect(events().map(({ event, sessionId, agentId, tool }) => [event, sessionId, agentId, tool])).toEqual([
      ['PreToolUse', ID, 'a-1', 'Bash'],
      ['PostToolUse', ID, null, 'Bash'],
      ['PostToolUseFailure', ID, null, 'Bash'],
      ['PostToolBatch', ID, null, null],
      ['SubagentStop', ID, 'a-1', null],
    ]);
    expect(events()[0]?.detail).toBe('Bash: make');
    expect(await written()).not.toContain('hidden');
  });

  it.each([
    ['after its path', { file_path: '/w/a "b".ts', content: 'hidden '.repeat(1_500_000) }, 'Write: /w/a "b".ts'],
    ['before its path', { content: 'hidden '.repeat(1_500_000), file_path: '/w/a.ts' }, 'Write'],
    [
      'with quotes that look like keys',
      { content: 'hidden","command":"hidden', file_path: '/w/a.ts' },
      'Write: /w/a.ts',
    ],
  ])('of a permission to write 10 MB is the path, the content %s', async (_where, tool_input, detail) => {
    expect(
      await fire({
        event: 'PermissionRequest',
        input: json({ tool_name: 'Write', tool_input, permission_suggestions: [{ description: 'hidden' }] }),
      }),
    ).toEqual(SILENT);
    expect(events()).toMatchObject([{ event: 'PermissionRequest', tool: 'Write', detail }]);
    expect(await written()).not.toContain('hidden');
  });

  it('of a permission for a tool of an MCP server is nothing from within its input', async () => {
    const tool_input = {
      url: 'https://x',
      note: 'a {"b',
      record: { command: 'hidden', query: 'hidden', agent_id: 'hidden' },
      list: ['command', ':', 'hidden'],
      description: 'hidden',
    };
    await fire({ event: 'PermissionRequest', input: json({ tool_name: 'mcp__db__write', tool_input }) });
    await fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'mcp__db__list', tool_input: { list: [{ command: 'hidden' }], command: 'hidden' } }),
    });
    await fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'mcp__db__none', tool_input: {}, other: { command: 'hidden' } }),
    });
    expect(events().map(({ detail }) => detail)).toEqual([
      'mcp__db__write: https://x',
      'mcp__db__list',
      'mcp__db__none',
    ]);
    expect(await written()).not.toContain('hidden');
  });

  it('of a permission to run a long command is its beginning', async () => {
    const command = `echo "${'\\"é'.repeat(3000)}" <<'end'`;
    await fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'Bash', tool_input: { description: 'Say it', command } }),
    });
    expect(events()).toMatchObject([{ tool: 'Bash', detail: `Bash: ${command.slice(0, 193)}…` }]);
    expect((await written()).length).toBeLessThan(1500);
  });

  it('of a question and of a plan is what is asked', async () => {
    await fire({
      event: 'PermissionRequest',
      input: json({
        tool_name: 'AskUserQuestion',
        tool_input: { questions: [{ question: 'Which "colour"?', header: 'C' }] },
      }),
    });
    await fire({
      event: 'PermissionRequest',
      input: json({ tool_name: 'ExitPlanMode', tool_input: { plan: `# The plan\n${'step\n'.repeat(20_000)}` } }),
    });
    expect(events().map(({ detail }) => detail)).toEqual(['Which "colour"?', 'The plan']);
  });

  it('of an answer to a form is that there was one', async () => {
    await fire({
      event: 'ElicitationResult',
      input: json({ mcp_server_name: 'el', action: 'accept', content: { password: 'hidden' } }),
    });
    expect(events()).toMatchObject([{ event: 'ElicitationResult', kind: 'accept' }]);
    expect(await written()).not.toContain('hidden');
  });

  it.for(SHELLS)(
    'is the same in $shell, for any text',
    { timeout: 60_000 },
    async ({ shell: words, there }, { skip }) => {
      if (!there) skip(`${words} is not installed`);
      const shell = words.split(' ');
      await fc.assert(
        fc.asyncProperty(
          fc.string({ unit: 'binary', maxLength: 60 }),
          fc.string({ unit: fc.constantFrom('"', '\\', ':', ',', '{', 'tool_name', ' ', '$(x)', '*'), maxLength: 30 }),
          async (text, quotes) => {
            await rm(fleet.inbox, { recursive: true });
            await mkdir(fleet.inbox);
            const command = `${quotes}${text}`;
            await fire({
              event: 'PermissionRequest',
              shell,
              input: json({
                cwd: quotes,
                agent_id: 'a',
                tool_name: 'Bash',
                tool_input: { file_path: quotes, command },
              }),
            });
            const [name = ''] = await readdir(fleet.inbox);
            expect(JSON.parse(await readFile(`${fleet.inbox}/${name}`, 'utf8'))).toEqual({
              session_id: ID,
              permission_mode: 'default',
              agent_id: 'a',
              tool_name: 'Bash',
              tool_input: { file_path: quotes, command },
            });
          },
        ),
        { numRuns: 25, examples: [['\u0081\u0088é\u{1F600}', '\\"\\\\"tool_name":"']] },
      );
    },
  );
});

describe('the hook never fails', () => {
  /** The hook alone, with nothing of claude around it. */
  function alone(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return run(`${fleet.plugin}/hook.sh`, args, { env: { ...sandbox.env, ...env }, input: START });
  }

  it('without an inbox, arguments, a session, a pid file', async () => {
    const ours = { CLAUDE_TMUX_SESSION_DIR: files.root };
    expect(await alone(['Stop', sandbox.path('none'), 'whole'], ours)).toEqual(SILENT);
    expect(await alone([], ours)).toEqual(SILENT);
    expect(await alone(['Stop', fleet.inbox, 'whole'])).toEqual(SILENT);
    expect(await alone(['Stop', fleet.inbox, 'whole'], ours)).toEqual(SILENT);
    expect(events()).toEqual([]);
  });

  it('without programs, and with stdin closed', async () => {
    await writeFile(files.pid, `${process.pid}\n1\nboot\n`);
    const env = { ...sandbox.env, CLAUDE_TMUX_SESSION_DIR: files.root };
    const hook = [`${fleet.plugin}/hook.sh`, 'Stop', fleet.inbox, 'whole'];
    expect(await run('/bin/sh', hook, { env: { ...env, PATH: sandbox.path('none') }, input: START })).toEqual(SILENT);
    expect(await run('/bin/sh', ['-c', 'exec "$@" <&-', 'sh', '/bin/sh', ...hook], { env })).toEqual(SILENT);
    expect(events().at(-1)).toMatchObject({ event: 'Stop', sessionId: null });
  });

  it('where nothing can be written', async () => {
    await rm(files.root, { recursive: true });
    await mkdir(files.root);
    await writeFile(files.pid, '');
    // Root may write anywhere; a folder where a file is to go stops it too.
    for (const name of ['prompted', 'session', 'claude']) await mkdir(`${files.root}/${name}`);
    await chmod(fleet.inbox, 0o500);
    expect(await fire({ event: 'SessionStart', input: START })).toEqual(SILENT);
    expect(await fire({ event: 'UserPromptSubmit', input: json({ prompt: 'x' }) })).toEqual(SILENT);
    await chmod(fleet.inbox, 0o700);
  });

  it('on a full disk, and leaves no half event', async ({ skip }) => {
    const small = sandbox.path('small');
    await mkdir(small);
    if ((await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', small], { env: sandbox.env })).code !== 0)
      skip('needs the right to mount');
    try {
      const [inbox, session] = [`${small}/inbox`, `${small}/api`];
      await mkdir(inbox);
      await mkdir(session);
      await writeFile(`${session}/pid`, `${process.pid}\n1\nboot\n`);
      await writeFile(`${small}/fill`, Buffer.alloc(1_000_000)).catch(() => undefined);
      for (const kept of ['whole', 'names', 'asked']) {
        expect(await alone(['UserPromptSubmit', inbox, kept], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      }
      expect(await alone(['SessionStart', inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      expect(await readdir(inbox)).toEqual([]);
      expect((await readdir(session)).filter((name) => name.startsWith('.'))).toEqual([]);
      await rm(`${small}/fill`);
      expect(await alone(['Stop', inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: session })).toEqual(SILENT);
      expect(readInbox(inbox)).toMatchObject([{ session: 'api', event: { event: 'Stop', sessionId: ID } }]);
    } finally {
      await run('umount', [small], { env: sandbox.env });
    }
  });

  it('makes room in a full inbox by its own tool events, and by its others only when it is full twice', async () => {
    const leave = (name: string) => writeFile(`${fleet.inbox}/${name}`, '{}');
    await writeFile(files.pid, `${process.pid}\n1\nboot\n`);
    const stop = () => alone(['Stop', fleet.inbox, 'whole'], { CLAUDE_TMUX_SESSION_DIR: files.root });
    await Promise.all(
      Array.from({ length: 500 }, async (_, n) =>
        Promise.all([leave(`PreToolUse.api.${process.pid}.${n}`), leave(`PermissionRequest.web.55.${n}`)]),
      ),
    );
    await stop();
    expect(await readdir(fleet.inbox)).toHaveLength(501);
    await Promise.all(Array.from({ length: 1500 }, async (_, n) => leave(`Stop.api.${process.pid}.${n}`)));
    await stop();
    expect(await readdir(fleet.inbox)).toHaveLength(501);
  });
});
