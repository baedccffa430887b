import { UserError } from '../base/errors.ts';
import type { AgentWork, Pane } from '../layout/layout.ts';
import { fillHandoff } from '../layout/templates.ts';
import { writeFileAtomic } from '../store/file.ts';
import { type Env, type FleetPaths, type SessionPaths, sessionPaths } from '../store/paths.ts';
import { agentArgv, withoutSettings } from './claudeArgv.ts';
import { claudeFolders, type Account } from './claudeFolders.ts';
import { ownEnvironment, paneEnvironment, type Login } from './environment.ts';
import { type LaunchSetup, type LaunchSpec, type LaunchWord, renderLaunchFile } from './launchFile.ts';
import { writeOwnVariables } from './ownVariables.ts';
import { mergeSettings } from './settings.ts';

export interface SessionInput {
  readonly fleet: FleetPaths;
  readonly pane: Pane;
  /** Absolute folder where it starts: the tree's path and the pane's `dir`. */
  readonly cwd: string;
  /** Claude's conversation id from the record. */
  readonly conversation: string | null;
  /** The Claude account it starts in. */
  readonly account: Account;
  readonly login: Login;
  /** CLAUDE_TMUX_PORT; null for none. */
  readonly port: number | null;
  /** False under `--no-prompt`. */
  readonly sendPrompt: boolean;
  /** False for `plan sh`, which must do without claude-tmux: no plugin, no settings file. */
  readonly hooks: boolean;
  readonly mcpServers: readonly string[];
  readonly env: Env;
  readonly home: string;
  /** The setup of the pane's tree when that has not run yet; null otherwise. */
  readonly setup: LaunchSetup | null;
  /** How many agents start at a time. */
  readonly startsAtOnce: number;
  /** Folder of the turns that panes wait for. */
  readonly gates: string;
  /** `run.sh` of the package. */
  readonly runFile: string;
  /** Of readLaunchBody. */
  readonly body: string;
}

/** Claude refuses more on stdin ("piped stdin input exceeds 10MB", 2.1.197). */
const LONGEST_PROMPT = 10_000_000;

/** Writes what a pane needs to start (launch file, prompt, settings; all 0600) and returns the launch file's path. */
export async function writeSession(input: SessionInput): Promise<string> {
  const files = sessionPaths(input.fleet, input.pane.id);
  const { work } = input.pane;
  if (work.kind === 'agent' && work.isClaude && input.hooks) {
    const settings = await mergeSettings({
      user: withoutSettings(work.args).settings,
      cwd: input.cwd,
      mcpServers: input.mcpServers,
      fullscreen: work.fullscreen,
    });
    await writeFileAtomic(files.settings, JSON.stringify(settings), { durable: false });
  }
  const prompt = promptOf(input);
  if (prompt !== null) await writeFileAtomic(files.prompt, prompt, { durable: false });
  await writeOwnVariables(files, ownEnvironment({ own: input.pane.env, account: input.account, port: input.port }));
  await writeFileAtomic(files.launch, renderLaunchFile(launchSpec(input), input.body), { durable: false });
  return files.launch;
}

/** What a pane's launch file says. */
export function launchSpec(input: SessionInput): LaunchSpec {
  const { pane, cwd, fleet, env } = input;
  const files = sessionPaths(fleet, pane.id);
  const common = {
    ...NOTHING,
    label: pane.name,
    cwd,
    ...paneEnvironment({ env, account: input.account, own: pane.env, port: input.port, login: input.login, files }),
    setup: input.setup,
    gates: input.gates,
    agreeWith: null,
    files,
  };
  switch (pane.work.kind) {
    case 'agent':
      return { ...common, ...agentSpec(input, pane.work, files) };
    case 'command':
      return { ...common, ...commandSpec(pane.work.run, env) };
    case 'placeholder':
      return { ...common, ...placeholderSpec(input) };
  }
}

const NOTHING = {
  resume: null,
  promptFile: null,
  promptMarkedBy: 'hook',
  conversation: null,
  transcripts: null,
  question: null,
  startsAtOnce: null,
} as const;

function agentSpec(
  input: SessionInput,
  work: AgentWork,
  files: SessionPaths,
): Pick<
  LaunchSpec,
  'program' | 'fresh' | 'resume' | 'promptFile' | 'promptMarkedBy' | 'conversation' | 'transcripts' | 'startsAtOnce'
> &
  Partial<Pick<LaunchSpec, 'agreeWith'>> {
  const pluginDir = input.hooks ? input.fleet.plugin : null;
  // Handing over between sessions is not active yet: the prompt says that nothing has come.
  const sent = { ...work, prompt: input.sendPrompt && work.prompt !== null ? fillHandoff(work.prompt, null) : null };
  const argv = agentArgv(sent, {
    label: input.pane.name,
    settingsFile: input.hooks ? files.settings : null,
    pluginDir,
  });
  const program = work.command.join(' ');
  if (!work.isClaude)
    return {
      ...NOTHING,
      program,
      fresh: argv.fresh,
      resume: argv.resume,
      promptMarkedBy: sent.prompt === null ? 'hook' : 'launcher',
    };
  return {
    program,
    fresh: argv.fresh,
    resume: argv.resume,
    promptFile: promptOf(input) === null ? null : files.prompt,
    // Without hooks nobody else would say that the prompt was given.
    promptMarkedBy: input.hooks ? 'hook' : 'launcher',
    conversation: argv.ownsConversation ? input.conversation : null,
    transcripts: claudeFolders(input.account, input.home).projects,
    // Without hooks nobody would say that it has started.
    startsAtOnce: input.hooks ? input.startsAtOnce : null,
    agreeWith: input.hooks ? input.runFile : null,
  };
}

/** `''` is the user's shell. */
function commandSpec(run: string, env: Env): Pick<LaunchSpec, 'program' | 'fresh'> {
  const shell = env.SHELL ?? '/bin/sh';
  return run === '' ? { program: shell, fresh: [shell] } : { program: run, fresh: ['/bin/sh', '-c', run] };
}

/** A row that asks for a claude.ai/code session and then is that session. */
function placeholderSpec(
  input: SessionInput,
): Pick<LaunchSpec, 'program' | 'fresh' | 'resume' | 'transcripts' | 'question' | 'agreeWith'> {
  const flags = ['--name', input.pane.name, ...(input.hooks ? ['--plugin-dir', input.fleet.plugin] : [])];
  const answer: LaunchWord = { now: 'answer' };
  return {
    program: 'claude',
    fresh: ['claude', '--teleport', answer, ...flags],
    resume: ['claude', '--resume', { now: 'conversation' }, ...flags],
    transcripts: claudeFolders(input.account, input.home).projects,
    agreeWith: input.hooks ? input.runFile : null,
    question: `${input.pane.name}: id of the claude.ai/code session to bring here (Enter for later):`,
  };
}

/** The prompt that goes to stdin; null when there is none, and for programs that take theirs as an argument. */
export function promptOf({ pane: { work, name }, sendPrompt }: SessionInput): string | null {
  if (!sendPrompt || work.kind !== 'agent' || !work.isClaude || work.prompt === null || work.teleport !== null)
    return null;
  if (Buffer.byteLength(work.prompt) > LONGEST_PROMPT)
    throw new UserError(`the prompt of "${name}" is longer than claude reads (10 MB)`, {
      hint: 'put it into a file of the repository and name the file in the prompt',
    });
  return fillHandoff(work.prompt, null);
}
