import { join } from 'node:path';
import { claudeFolders } from '../agent/claudeFolders.ts';
import { agentArgv, withoutSettings, type AgentArgv } from '../agent/claudeArgv.ts';
import { paneEnvironment } from '../agent/environment.ts';
import { renderLaunchFile, type LaunchSpec } from '../agent/launchFile.ts';
import { mergeSettings } from '../agent/settings.ts';
import { assertNever } from '../base/assertNever.ts';
import type { AgentWork, Pane } from '../layout/layout.ts';
import { writeFileAtomic } from '../store/file.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths, type FleetPaths, type SessionPaths } from '../store/paths.ts';
import type { Context } from './context.ts';

export interface LaunchInput {
  readonly record: FleetRecord;
  readonly pane: Pane;
  readonly session: SessionRecord;
  /** Start without the first prompt. */
  readonly noPrompt: boolean;
  /** tmux-plugin/launch.sh. */
  readonly body: string;
}

/** Writes what one pane runs: its launch file, its prompt, its settings. Returns the launch file's path. */
export async function writeLaunch(context: Context, input: LaunchInput): Promise<string> {
  const fleet = fleetPaths(context.store, input.record.uuid);
  const files = sessionPaths(fleet, input.session.id);
  const spec = await launchSpec(context, input, { fleet, files });
  await writeFileAtomic(files.launch, renderLaunchFile(spec, input.body), { durable: false });
  return files.launch;
}

interface Places {
  readonly fleet: FleetPaths;
  readonly files: SessionPaths;
}

/** Everything that is decided about how a pane's process starts. */
export async function launchSpec(context: Context, input: LaunchInput, { fleet, files }: Places): Promise<LaunchSpec> {
  const { pane, session } = input;
  const { exports, unset } = paneEnvironment({ env: context.env, own: pane.env, files });
  const common = { label: pane.name, cwd: join(session.path, pane.dir), exports, unset, files, conversation: null, transcripts: null, promptFile: null, question: null, promptMarkedBy: 'launcher' as const };
  switch (pane.work.kind) {
    case 'command':
      return { ...common, ...commandParts(context, pane.work.run) };
    case 'placeholder':
      return { ...common, ...(await placeholderParts(context, input, { fleet, files })) };
    case 'agent':
      return { ...common, ...(await agentParts(context, { ...input, work: pane.work }, { fleet, files })) };
    default:
      return assertNever(pane.work);
  }
}

function commandParts(context: Context, run: string): Pick<LaunchSpec, 'program' | 'fresh' | 'resume'> {
  const shell = context.env['SHELL'];
  const fresh = run === '' ? [shell !== undefined && shell !== '' ? shell : '/bin/sh'] : ['sh', '-c', run];
  return { program: run === '' ? 'shell' : run.slice(0, 80), fresh, resume: null };
}

type AgentParts = Pick<LaunchSpec, 'program' | 'fresh' | 'resume' | 'conversation' | 'transcripts' | 'promptFile' | 'promptMarkedBy'>;

async function agentParts(context: Context, input: LaunchInput & { readonly work: AgentWork }, places: Places): Promise<AgentParts> {
  const { work, session, noPrompt } = input;
  const program = work.command.join(' ');
  const prompt = noPrompt ? null : work.prompt;
  if (!work.isClaude) return { ...commonAgent, program, ...pick(agentArgv({ ...work, prompt }, { label: session.name, settingsFile: null, pluginDir: null })) };
  const argv = await claudeArgvWithSettings(context, input, places);
  if (prompt !== null) await writeFileAtomic(places.files.prompt, prompt, { durable: false });
  return {
    program,
    ...pick(argv),
    conversation: argv.ownsConversation ? session.conversation : null,
    transcripts: claudeFolders(context.env, context.home).projects,
    promptFile: prompt === null ? null : places.files.prompt,
    promptMarkedBy: 'hook',
  };
}

const commonAgent = { conversation: null, transcripts: null, promptFile: null, promptMarkedBy: 'launcher' as const };

function pick({ fresh, resume }: AgentArgv): Pick<AgentArgv, 'fresh' | 'resume'> {
  return { fresh, resume };
}

/** claude takes one settings file: the user's and ours are merged into it. */
async function claudeArgvWithSettings(context: Context, { work, session, record }: LaunchInput & { readonly work: AgentWork }, { fleet, files }: Places): Promise<AgentArgv> {
  const cwd = record.checkout ?? session.path;
  const settings = await mergeSettings({ user: withoutSettings(work.args).settings, cwd, mcpServers: record.mcpServers ?? [] });
  await writeFileAtomic(files.settings, JSON.stringify(settings), { durable: false });
  return agentArgv(work, { label: session.name, settingsFile: files.settings, pluginDir: fleet.plugin });
}

/** A row for a claude.ai/code session: it asks for the id and then teleports it here. */
async function placeholderParts(context: Context, input: LaunchInput, places: Places): Promise<AgentParts & { readonly question: string }> {
  const work: AgentWork = { kind: 'agent', command: ['claude'], isClaude: true, args: [], model: null, permissionMode: null, effort: null, remoteControl: false, mcpConfig: [], prompt: null, teleport: ANSWER };
  const parts = await agentParts(context, { ...input, work }, places);
  return { ...parts, fresh: parts.fresh.map((word) => (word === ANSWER ? { now: 'answer' as const } : word)), question: 'Id of the claude.ai/code session to bring here' };
}

/** Stands for the answer until the launch file asks; never an id. */
const ANSWER = '(answer)';
