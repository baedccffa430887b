import type { NormalPane } from '../normalize.ts';
import { nearest } from '../nearest.ts';
import { error, warning, type KeyPath, type Problem } from '../problem.ts';
import type { DraftPane, WrittenClaude } from '../schema.ts';
import { commandWords, isClaudeCommand, promptFilePath } from '../work.ts';
import type { Facts } from './facts.ts';

/** Keys of a pane that exclude each other: what runs in it is one thing. */
const EXCLUSIVE: readonly { readonly keys: readonly [keyof DraftPane, keyof DraftPane]; readonly why: string }[] = [
  { keys: ['prompt', 'prompt_file'], why: 'the prompt is written here or read from a file' },
  { keys: ['run', 'teleport'], why: 'a pane runs a command or a teleported session' },
  { keys: ['run', 'prompt'], why: 'a command is told nothing' },
  { keys: ['run', 'prompt_file'], why: 'a command is told nothing' },
  { keys: ['run', 'template'], why: 'a command is told nothing' },
  { keys: ['run', 'claude'], why: 'a command is no agent' },
  { keys: ['teleport', 'prompt'], why: 'a teleported conversation has begun already' },
  { keys: ['teleport', 'prompt_file'], why: 'a teleported conversation has begun already' },
  { keys: ['teleport', 'template'], why: 'a teleported conversation has begun already' },
];

export function exclusiveKeyRules({ normal }: Facts): readonly Problem[] {
  return normal.panes.flatMap(({ index, written }) =>
    EXCLUSIVE.filter(({ keys: [one, other] }) => written[one] !== undefined && written[other] !== undefined).map(
      ({ keys: [one, other], why }) => ({
        ...error(
          'exclusive-keys',
          ['panes', index, other],
          `"${one}" and "${other}" do not go together: ${why}`,
          'remove one of them',
        ),
        at: 'key' as const,
      }),
    ),
  );
}

/** Claude Code 2.1.197 reads at most 10 MB on stdin. */
const MAX_PROMPT = 10_000_000;

/** Prompt files and templates that are not there. */
export function promptRules({ normal, world, texts }: Facts): readonly Problem[] {
  return normal.panes.flatMap(({ index, written }) => {
    const found: Problem[] = [];
    const { prompt_file: file, template } = written;
    if (file !== undefined)
      found.push(
        ...promptFileProblems(promptFilePath(file, texts.path, world), texts.files, ['panes', index, 'prompt_file']),
      );
    if (template !== undefined)
      found.push(...templateProblems(template, [...texts.templates.keys()], ['panes', index, 'template']));
    return found;
  });
}

function promptFileProblems(file: string, files: ReadonlyMap<string, string>, path: KeyPath): Problem[] {
  const text = files.get(file);
  if (text === undefined)
    return [
      error(
        'no-prompt-file',
        path,
        `the prompt file "${file}" cannot be read`,
        'the path starts at the folder of the layout file',
      ),
    ];
  return text.length > MAX_PROMPT
    ? [
        error(
          'prompt-too-long',
          path,
          `the prompt file "${file}" has ${text.length} characters; Claude reads at most ${MAX_PROMPT}`,
        ),
      ]
    : [];
}

function templateProblems(name: string, known: readonly string[], path: KeyPath): Problem[] {
  if (name === 'none' || known.includes(name)) return [];
  const near = nearest(name, known);
  return [
    error(
      'unknown-template',
      path,
      `there is no template "${name}"`,
      near === null ? `known: ${[...known, 'none'].join(', ')}` : `did you mean "${near}"?`,
    ),
  ];
}

/** How agents are started. */
export function agentRules({ draft, normal }: Facts): readonly Problem[] {
  const panes = normal.panes.flatMap((each) => {
    const { claude } = each.written;
    const own = claude ? claudeProblems(claude, { ...draft.claude, ...claude }, ['panes', each.index, 'claude']) : [];
    return [...own, ...foreignAgentProblems(each), ...teleportProblems(each)];
  });
  return [...(draft.claude ? claudeProblems(draft.claude, draft.claude, ['claude']) : []), ...panes];
}

/** `claude` as written in one place; `whole` with what lies under it. */
function claudeProblems(claude: WrittenClaude, whole: WrittenClaude, path: KeyPath): Problem[] {
  const args = isClaudeCommand(commandWords(whole.command)) ? (claude.args ?? []) : [];
  return [
    ...commandProblems(claude.command, [...path, 'command']),
    ...args.flatMap((arg, place) => managedProblems(arg, [...path, 'args', place])),
    ...optionProblems(claude, path),
  ];
}

/** Flags that say which conversation runs, or that it should end: those are set for each start. */
const MANAGED = [
  '--session-id',
  '--resume',
  '-r',
  '--continue',
  '-c',
  '--fork-session',
  '--teleport',
  '--print',
  '-p',
  '--bg',
  '--tmux',
  '--worktree',
  '-w',
];

function managedProblems(arg: string, path: KeyPath): Problem[] {
  if (!MANAGED.includes(arg.split('=')[0] ?? '')) return [];
  return [
    error('managed-flag', path, `"${arg}" is decided at each start`, 'remove it: conversations are resumed without it'),
  ];
}

/** `claude --help`, 2.1.197. */
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

function optionProblems({ model, effort }: WrittenClaude, path: KeyPath): Problem[] {
  const found = Object.entries({ model, effort }).flatMap(([key, value]) =>
    value !== undefined && /^(-|$)/.test(value)
      ? [error('bad-value', [...path, key], `"${key}" cannot be "${value}"`)]
      : [],
  );
  if (effort === undefined || found.length > 0 || EFFORTS.includes(effort)) return found;
  return [
    warning(
      'unknown-effort',
      [...path, 'effort'],
      `"${effort}" is no effort level of Claude Code 2.1`,
      `known: ${EFFORTS.join(', ')}`,
    ),
  ];
}

function commandProblems(command: WrittenClaude['command'], path: KeyPath): Problem[] {
  if (command === undefined) return [];
  const [program = ''] = commandWords(command);
  if (program === '') return [error('empty-command', path, 'the command of the agent is empty', 'command: claude')];
  if (program.startsWith('-'))
    return [error('bad-command', path, `"${program}" is no program`, 'the program comes first')];
  if (typeof command !== 'string' || !/["'`$\\;|&<>]/.test(command)) return [];
  return [
    error(
      'bad-command',
      path,
      'a command is no shell line: it is split at spaces and nothing else',
      'write a list: command: [program, "a word with spaces"]',
    ),
  ];
}

const CLAUDE_ONLY = ['model', 'permission_mode', 'effort', 'fullscreen', 'remote_control', 'mcp_config'] as const;

function foreignAgentProblems({ index, written: { claude }, pane: { work } }: NormalPane): Problem[] {
  if (work.kind !== 'agent' || work.isClaude) return [];
  const message = (key: string): string =>
    `"${key}" is an option of Claude Code; "${work.command[0] ?? ''}" does not get it`;
  return CLAUDE_ONLY.filter((key) => claude?.[key] !== undefined).map((key) =>
    warning('no-effect', ['panes', index, 'claude', key], message(key)),
  );
}

function teleportProblems({ index, written: { teleport } }: NormalPane): Problem[] {
  if (teleport === undefined || /^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(teleport)) return [];
  return [
    error(
      'bad-teleport',
      ['panes', index, 'teleport'],
      `"${teleport}" is no id of a claude.ai/code session`,
      "copy the id from the session's address, or write ask",
    ),
  ];
}
