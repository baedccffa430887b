import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentArgv } from '../../src/agent/claudeArgv.ts';
import { paneEnvironment } from '../../src/agent/environment.ts';
import { mergeSettings } from '../../src/agent/settings.ts';
import type { AgentWork } from '../../src/layout/layout.ts';
import { fleetPaths, sessionPaths, storePaths } from '../../src/store/paths.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

const PLAIN: AgentWork = {
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
const OURS = { label: 'Api', settingsFile: '/s.json', pluginDir: '/p' };
const ID = { now: 'conversation' };
const FLAGS = ['--name', 'Api', '--settings', '/s.json', '--plugin-dir', '/p'];

describe("claude's arguments", () => {
  it('give the conversation its id, resume it by id, and never hold the prompt', () => {
    expect(agentArgv(PLAIN, OURS)).toEqual({
      fresh: ['claude', '--session-id', ID, ...FLAGS],
      resume: ['claude', '--resume', ID, ...FLAGS],
      ownsConversation: true,
    });
  });

  it('say everything again on resume, ours before the user’s, a variadic flag never last', () => {
    const work: AgentWork = {
      ...PLAIN,
      command: ['mise', 'x', '--', 'claude'],
      args: ['--add-dir', '/d'],
      model: 'opus',
      permissionMode: 'plan',
      effort: 'low',
      remoteControl: true,
      mcpConfig: ['a.json', 'b.json'],
    };
    expect(agentArgv(work, OURS).resume).toEqual([
      ...[
        'mise',
        'x',
        '--',
        'claude',
        '--resume',
        ID,
        '--remote-control',
        '--mcp-config',
        'a.json',
        '--mcp-config',
        'b.json',
        '--name',
        'Api',
      ],
      ...[
        '--model',
        'opus',
        '--permission-mode',
        'plan',
        '--effort',
        'low',
        '--settings',
        '/s.json',
        '--plugin-dir',
        '/p',
        '--add-dir',
        '/d',
      ],
    ]);
  });

  it('a permission mode goes by the name that every version knows', () => {
    expect(agentArgv({ ...PLAIN, permissionMode: 'manual' }, OURS).fresh).toContain('default');
    expect(agentArgv({ ...PLAIN, permissionMode: 'auto' }, OURS).fresh).toContain('auto');
  });

  it('a label that starts with a dash is no flag', () => {
    expect(agentArgv(PLAIN, { ...OURS, label: '--print' }).fresh).toContain('--name=--print');
  });

  it.each([[['--settings', 'x.json', '--verbose']], [['--settings=x.json', '--verbose']]])(
    '%j: the settings go into ours, for a second --settings would replace the first',
    (args) => {
      expect(agentArgv({ ...PLAIN, args }, OURS).fresh).toEqual(['claude', '--session-id', ID, ...FLAGS, '--verbose']);
      expect(agentArgv({ ...PLAIN, args }, { ...OURS, settingsFile: null, pluginDir: null }).fresh).toEqual([
        'claude',
        '--session-id',
        ID,
        '--name',
        'Api',
        ...args,
      ]);
    },
  );

  it.each(['--continue', '-c', '--resume', '--resume=abc', '--session-id=x', '--from-pr'])(
    'with %s the user chooses the conversation',
    (flag) => {
      const { fresh, resume, ownsConversation } = agentArgv({ ...PLAIN, args: [flag] }, OURS);
      expect({ fresh, resume, ownsConversation }).toEqual({
        fresh: ['claude', ...FLAGS, flag],
        resume: null,
        ownsConversation: false,
      });
    },
  );

  it.each(['-p', '--print', '--bg', '--tmux=classic'])('%s is refused: that is no session in a pane', (flag) => {
    expect(() => agentArgv({ ...PLAIN, args: ['--verbose', flag] }, OURS)).toThrow(
      `"claude.args" holds "${flag.split('=')[0] ?? ''}"`,
    );
  });

  it('a web session is teleported first and resumed later', () => {
    const argv = agentArgv({ ...PLAIN, teleport: 'session_01' }, OURS);
    expect(argv.fresh.slice(0, 3)).toEqual(['claude', '--teleport', 'session_01']);
    expect(argv.resume?.slice(0, 3)).toEqual(['claude', '--resume', ID]);
  });
});

describe("another agent's arguments", () => {
  const other: AgentWork = { ...PLAIN, isClaude: false, command: ['aider'], args: ['--yes'] };

  it('hold the prompt at the first start only, and no flag of Claude', () => {
    expect(agentArgv(other, OURS)).toEqual({
      fresh: ['aider', '--yes', 'do it'],
      resume: ['aider', '--yes'],
      ownsConversation: false,
    });
    expect(agentArgv({ ...other, prompt: null }, OURS).fresh).toEqual(['aider', '--yes']);
  });

  it('cannot hold a prompt longer than an argument may be', () => {
    expect(() => agentArgv({ ...other, prompt: 'ü'.repeat(70_000) }, OURS)).toThrow('longer than one argument may be');
  });
});

describe('what goes with them', () => {
  let sandbox: Sandbox;
  beforeEach(async () => (sandbox = await makeSandbox()));
  afterEach(async () => sandbox.dispose());

  it("settings: the user's win, approvals add up", async () => {
    await writeFile(sandbox.path('mine.json'), '{"teammateMode":"tmux","enabledMcpjsonServers":["a"],"model":"x"}');
    const merged = { teammateMode: 'tmux', enabledMcpjsonServers: ['a', 'b'], model: 'x' };
    expect(
      await mergeSettings({ user: 'mine.json', cwd: sandbox.root, mcpServers: ['a', 'b'], fullscreen: null }),
    ).toEqual(merged);
    expect(await mergeSettings({ user: '{"model":"x"}', cwd: '/', mcpServers: [], fullscreen: null })).toEqual({
      teammateMode: 'in-process',
      model: 'x',
    });
    expect(await mergeSettings({ user: null, cwd: '/', mcpServers: [], fullscreen: null })).toEqual({
      teammateMode: 'in-process',
    });
    expect(await mergeSettings({ user: null, cwd: '/', mcpServers: [], fullscreen: false })).toEqual({
      teammateMode: 'in-process',
      tui: 'default',
    });
    expect(await mergeSettings({ user: '{"tui":"default"}', cwd: '/', mcpServers: [], fullscreen: true })).toEqual({
      teammateMode: 'in-process',
      tui: 'default',
    });
  });

  it.each([
    ['none.json', 'names a file that is not there'],
    ['{bad', 'is not a JSON object'],
    ['list.json', 'is not a JSON object'],
  ])('settings %j are refused', async (user, says) => {
    await writeFile(sandbox.path('list.json'), '[]');
    await expect(mergeSettings({ user, cwd: sandbox.root, mcpServers: [], fullscreen: null })).rejects.toThrow(says);
  });

  it("environment: whoever ran up's PATH, the pane's own over it, nothing of a claude that ran up", () => {
    const files = sessionPaths(fleetPaths(storePaths({}, '/h'), 'f'), 'api');
    const { exports, unset } = paneEnvironment({
      env: { PATH: '/bin', CLAUDECODE: '1', ANTHROPIC_API_KEY: 'k' },
      account: '',
      login: { names: [], passedOver: [] },
      own: { PATH: '/mine', CLAUDE_EFFORT: 'x' },
      port: 3007,
      files,
    });
    expect(exports).toEqual({
      PATH: '/mine',
      CLAUDE_EFFORT: 'x',
      CLAUDE_CODE_DISABLE_AGENT_VIEW: '1',
      CLAUDE_TMUX_PORT: '3007',
      CLAUDE_TMUX_SESSION_DIR: files.root,
    });
    expect(unset).toContain('CLAUDE_CONFIG_DIR');
    expect(unset).not.toContain('PATH');
  });
});
