import { readFile, stat } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { launchSpec, type SessionInput, writeSession } from '../../src/agent/session.ts';
import { readAgents } from '../../src/agent/agentFacts.ts';
import type { Pane, Work } from '../../src/layout/layout.ts';
import { fleetPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

const CLAUDE: Work = {
  kind: 'agent',
  command: ['claude'],
  isClaude: true,
  args: [],
  model: null,
  permissionMode: null,
  effort: null,
  fullscreen: null,
  remoteControl: false,
  mcpConfig: [],
  prompt: 'do it',
  teleport: null,
};

function input(work: Work, more: Partial<SessionInput> = {}): SessionInput {
  const pane: Pane = {
    id: 'api',
    idWritten: true,
    number: 1,
    name: 'Api',
    key: null,
    color: 'blue',
    tree: { kind: 'checkout', path: '/w' },
    dir: '',
    work,
    env: { TOKEN: 'secret' },
    dependsOn: [],
    owns: [],
    urgency: 0,
  };
  const fleet = fleetPaths(storePaths(sandbox.env, sandbox.home), 'f1');
  return {
    fleet,
    pane,
    cwd: '/w',
    conversation: 'c-1',
    account: '',
    login: { names: [], passedOver: [] },
    port: null,
    sendPrompt: true,
    hooks: true,
    mcpServers: ['db'],
    setup: null,
    startsAtOnce: 2,
    gates: '/gates',
    runFile: '/run.sh',
    env: sandbox.env,
    home: sandbox.home,
    body: 'body',
    ...more,
  };
}

describe('what a session needs to start', () => {
  it('is written for the user alone: launch file, prompt, settings; the prompt and secrets in no argument', async () => {
    const path = await writeSession(input(CLAUDE));
    const files = sessionPaths(input(CLAUDE).fleet, 'api');
    expect(path).toBe(files.launch);
    for (const file of [files.launch, files.prompt, files.settings])
      expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(files.prompt, 'utf8')).toBe('do it');
    expect(JSON.parse(await readFile(files.settings, 'utf8'))).toEqual({
      teammateMode: 'in-process',
      enabledMcpjsonServers: ['db'],
    });
    const starts = (await readFile(path, 'utf8')).split('\n').filter((line) => line.startsWith('start_'));
    expect(starts.join('\n')).not.toMatch(/do it|secret/);
    expect(starts[0]).toContain(`run 'claude' '--session-id' "$conversation"`);
  });

  it('has no prompt under --no-prompt, nor for a web session that is brought here', () => {
    expect(launchSpec(input(CLAUDE)).promptFile).not.toBeNull();
    expect(launchSpec(input(CLAUDE, { sendPrompt: false })).promptFile).toBeNull();
    expect(launchSpec(input({ ...CLAUDE, teleport: 'session_1' }))).toMatchObject({
      promptFile: null,
      conversation: null,
    });
  });

  it('without hooks needs nothing of claude-tmux, and the launch file marks the prompt as given', () => {
    const spec = launchSpec(input(CLAUDE, { hooks: false }));
    expect(spec.promptMarkedBy).toBe('launcher');
    expect(JSON.stringify(spec.fresh)).not.toMatch(/--plugin-dir|--settings/);
  });

  it('for a command is sh -c, for the empty one the user’s shell', () => {
    expect(launchSpec(input({ kind: 'command', run: 'npm run dev' }))).toMatchObject({
      fresh: ['/bin/sh', '-c', 'npm run dev'],
      resume: null,
      transcripts: null,
    });
    expect(launchSpec(input({ kind: 'command', run: '' }, { env: { SHELL: '/bin/zsh' } })).fresh).toEqual(['/bin/zsh']);
  });

  it('for a row without an id asks for it, and resumes it later', () => {
    const spec = launchSpec(input({ kind: 'placeholder' }));
    expect(spec.question).toContain('Api');
    expect(spec.fresh.slice(0, 3)).toEqual(['claude', '--teleport', { now: 'answer' }]);
    expect(spec.resume?.slice(0, 3)).toEqual(['claude', '--resume', { now: 'conversation' }]);
  });

  it('for another program marks the prompt when it is given, not when it is held back', () => {
    const other: Work = { ...CLAUDE, isClaude: false, command: ['aider'] };
    expect(launchSpec(input(other))).toMatchObject({ promptMarkedBy: 'launcher', promptFile: null, transcripts: null });
    expect(launchSpec(input(other, { sendPrompt: false }))).toMatchObject({ promptMarkedBy: 'hook', fresh: ['aider'] });
  });

  it('refuses a prompt that claude would refuse', async () => {
    await expect(writeSession(input({ ...CLAUDE, prompt: 'x'.repeat(10_000_001) }))).rejects.toThrow(
      'the prompt of "Api" is longer than claude reads',
    );
  });

  it('that is written and not run starts nothing: an `up` that was killed before its panes leaves no start under way', async () => {
    await writeSession(input(CLAUDE));
    const readings = await readAgents({
      paths: input(CLAUDE).fleet,
      sessions: [{ id: 'api', isClaude: true, conversation: null }],
      env: sandbox.env,
      home: sandbox.home,
    });
    expect(readings['api']).toMatchObject({ alive: false });
  });
});
