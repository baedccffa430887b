import { UserError } from '../base/errors.ts';
import type { AgentWork } from '../layout/layout.ts';
import type { LaunchWord } from './launchFile.ts';

export interface ArgvOptions {
  readonly label: string;
  /** File for `--settings`: the user's own and ours in one, for a second `--settings` replaces the first (Claude Code 2.1.197). Null leaves the user's where it is. */
  readonly settingsFile: string | null;
  /** Folder for `--plugin-dir`; null leaves the hooks out. */
  readonly pluginDir: string | null;
}

/** How an agent is started, and started again. */
export interface AgentArgv {
  readonly fresh: readonly LaunchWord[];
  /** Null: the same again. */
  readonly resume: readonly LaunchWord[] | null;
  /** False when the user's own arguments choose the conversation (`--continue`): then its id is not ours to give. */
  readonly ownsConversation: boolean;
}

/** One argument's size that every system takes (Linux: 128 KiB with the name's end). */
const LONGEST_ARGUMENT = 120_000;

/** The argument vectors of an agent. A prompt for Claude is not among them: it comes on stdin, where its size does not count. */
export function agentArgv(work: AgentWork, options: ArgvOptions): AgentArgv {
  return work.isClaude ? claudeArgv(work, options) : otherArgv(work);
}

/** Any other program gets the prompt as its last argument at the first start, and none later. */
function otherArgv({ command, args, prompt }: AgentWork): AgentArgv {
  if (prompt !== null && Buffer.byteLength(prompt) > LONGEST_ARGUMENT) {
    throw new UserError(
      `the prompt for "${command.join(' ')}" is longer than one argument may be (${LONGEST_ARGUMENT} bytes)`,
      { hint: 'write it to a file in the repository and name the file in the prompt' },
    );
  }
  const again = [...command, ...args];
  return { fresh: prompt === null ? again : [...again, prompt], resume: again, ownsConversation: false };
}

function claudeArgv(work: AgentWork, options: ArgvOptions): AgentArgv {
  const args = options.settingsFile === null ? work.args : withoutSettings(work.args).rest;
  refuseUnusable(args);
  const rest = [...claudeFlags(work, options), ...args];
  const conversation: LaunchWord = { now: 'conversation' };
  const resume: readonly LaunchWord[] = [...work.command, '--resume', conversation, ...rest];
  if (work.teleport !== null)
    return { fresh: [...work.command, '--teleport', work.teleport, ...rest], resume, ownsConversation: false };
  if (args.some((arg) => OWN_CONVERSATION.has(flagOf(arg))))
    return { fresh: [...work.command, ...rest], resume: null, ownsConversation: false };
  return { fresh: [...work.command, '--session-id', conversation, ...rest], resume, ownsConversation: true };
}

/**
 * Flags for every start: nothing of these is restored by `--resume`. The user's own come after them, so that theirs count.
 * Variadic flags (`--mcp-config`) are followed by a flag, never by a word they would swallow.
 */
function claudeFlags(work: AgentWork, { label, settingsFile, pluginDir }: ArgvOptions): readonly string[] {
  return [
    ...(work.remoteControl ? ['--remote-control'] : []),
    ...work.mcpConfig.flatMap((config) => ['--mcp-config', config]),
    ...pair('--name', label),
    ...pair('--model', work.model),
    // Every version takes `default`; `manual` is unknown to older ones (2.1.197).
    ...pair('--permission-mode', work.permissionMode === 'manual' ? 'default' : work.permissionMode),
    ...pair('--effort', work.effort),
    ...pair('--settings', settingsFile),
    ...pair('--plugin-dir', pluginDir),
  ];
}

/** `--name=-x`: a value that starts with a dash is not taken for a flag. */
function pair(flag: string, value: string | null): readonly string[] {
  return value === null ? [] : value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}

/** The user's `--settings` (a file or JSON, the last one counts) and the other arguments. */
export function withoutSettings(args: readonly string[]): {
  readonly settings: string | null;
  readonly rest: readonly string[];
} {
  let settings: string | null = null;
  const rest: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? '';
    if (arg === '--') return { settings, rest: [...rest, ...args.slice(at)] };
    if (arg === '--settings') settings = args[++at] ?? null;
    else if (arg.startsWith('--settings=')) settings = arg.slice('--settings='.length);
    else rest.push(arg);
  }
  return { settings, rest };
}

/** Flags that choose a conversation: with one of these the user has decided, and it is started the same way each time. */
const OWN_CONVERSATION: ReadonlySet<string> = new Set([
  '--session-id',
  '--resume',
  '-r',
  '--continue',
  '-c',
  '--from-pr',
  '--fork-session',
  '--teleport',
  '--remote',
]);

/** Flags under which claude is no session in a pane. */
const UNUSABLE: ReadonlySet<string> = new Set(['-p', '--print', '--bg', '--background', '--tmux']);

function refuseUnusable(args: readonly string[]): void {
  const flag = args.map(flagOf).find((name) => UNUSABLE.has(name));
  if (flag)
    throw new UserError(`"claude.args" holds "${flag}", with which claude is no session in a pane`, {
      hint: 'take it out, or use "run:" for a command',
    });
}

function flagOf(arg: string): string {
  return arg.startsWith('--') ? (arg.split('=', 1)[0] ?? arg) : arg;
}
