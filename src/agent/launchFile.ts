import { join } from 'node:path';
import { paneCleaning } from '../base/childEnvironment.ts';
import { shellWord } from '../base/shellText.ts';
import { oneLine } from '../base/text.ts';
import type { SessionPaths } from '../store/paths.ts';
import { readLargeFile } from '../store/regularFile.ts';

/** A word of an argument vector: fixed text, or what is known only when the launch file runs. */
export type LaunchWord = string | { readonly now: 'conversation' | 'answer' };

/** Absolute paths; every pane of a tree has the same. */
export interface LaunchSetup {
  /** What is run: `sh FILE`. */
  readonly file: string;
  /** There when it has run well; inside the tree's git folder, so that it goes with the tree. */
  readonly done: string;
  /** Takes all it prints. */
  readonly log: string;
}

/** Everything a pane's launch file holds. */
export interface LaunchSpec {
  readonly label: string;
  /** What is started, as the footer names it: `claude`. */
  readonly program: string;
  /** Absolute folder to start in. */
  readonly cwd: string;
  /** Set for the program, not for the launch file's own work. */
  readonly exports: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Variables that a start by key takes from tmux's session environment. */
  readonly login: readonly string[];
  readonly fresh: readonly LaunchWord[];
  /** Used instead of `fresh` when the conversation has a transcript, or (without `transcripts`) when the prompt was given; null: always `fresh`. */
  readonly resume: readonly LaunchWord[] | null;
  /** File given on stdin to `fresh`, unless the marker `prompted` is there. */
  readonly promptFile: string | null;
  /** Who leaves the marker `prompted`: Claude's hook when the prompt has arrived, else the launch file when it starts the program. */
  readonly promptMarkedBy: 'hook' | 'launcher';
  /** Claude's conversation id until the hook tells another one. */
  readonly conversation: string | null;
  /** Claude's folder of transcripts (`~/.claude/projects`); null for other programs. */
  readonly transcripts: string | null;
  /** Asked in the pane before the first start, the answer is `{now: 'answer'}`; null for nothing. */
  readonly question: string | null;
  /** The setup of the pane's tree, when that has not run yet; null when there is nothing to do. */
  readonly setup: LaunchSetup | null;
  /** How many agents may start at a time, this one among them; null for a program that need not wait. */
  readonly startsAtOnce: number | null;
  /** Folder of the turns that panes wait for. */
  readonly gates: string;
  /** `run.sh` of the package, which is asked before a key starts it (commands/agreeInPane.ts); null where Claude Code does not run. */
  readonly agreeWith: string | null;
  readonly files: Pick<
    SessionPaths,
    'pid' | 'starting' | 'exit' | 'session' | 'prompted' | 'answer' | 'stage' | 'wall'
  >;
}

/**
 * The text of a launch file: POSIX sh that runs on its own, without claude-tmux. `body` is that of readLaunchBody.
 * Run it as `sh FILE`, or `sh FILE hold` to show only the offer to start.
 */
export function renderLaunchFile(spec: LaunchSpec, body: string): string {
  return [
    '#!/bin/sh',
    '# Written by claude-tmux for one pane; written anew when the session is started again.',
    ...renderHead(spec),
    '',
    body,
  ].join('\n');
}

/** The part that is the same for every pane; `packageRoot` is the folder of the installed package. */
export async function readLaunchBody(packageRoot: string): Promise<string> {
  const parts = await Promise.all(
    ['gate.sh', 'launch.sh'].map((name) => readLargeFile(join(packageRoot, 'tmux-plugin', name))),
  );
  return Buffer.concat(parts).toString('utf8');
}

function renderHead(spec: LaunchSpec): readonly string[] {
  const { files } = spec;
  const values: Readonly<Record<string, string>> = {
    label: oneLine(spec.label),
    program: oneLine(spec.program),
    dir: spec.cwd,
    shown_dir: oneLine(spec.cwd),
    conversation: spec.conversation ?? '',
    transcripts: spec.transcripts ?? '',
    question: oneLine(spec.question ?? ''),
    again_means: spec.transcripts === null ? 'run again' : 'resume',
    prompt_file: spec.promptFile ?? '',
    marks_prompt: spec.promptMarkedBy === 'launcher' ? 'yes' : '',
    pid_file: files.pid,
    starting_file: files.starting,
    exit_file: files.exit,
    session_file: files.session,
    prompted_file: files.prompted,
    answer_file: files.answer,
    stage_file: files.stage,
    wall_file: files.wall,
    setup_file: spec.setup?.file ?? '',
    setup_done: spec.setup?.done ?? '',
    setup_log: spec.setup?.log ?? '',
    gates: spec.gates,
    agree_with: spec.agreeWith ?? '',
    login_names: spec.login.join(' '),
    starts_at_once: String(spec.startsAtOnce ?? ''),
  };
  return [
    ...Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`),
    `start_fresh() { run ${renderWords(spec.fresh)}; }`,
    `start_again() { run ${renderWords(spec.resume ?? spec.fresh)}; }`,
    'set_environment() {',
    '  :',
    ...renderEnvironment(spec),
    '}',
  ];
}

function renderEnvironment({ exports, unset }: Pick<LaunchSpec, 'exports' | 'unset'>): readonly string[] {
  return [
    ...renderCleaning(),
    ...unset.map((name) => `  unset ${variable(name)}`),
    ...Object.entries(exports).map(([name, value]) => `  export ${variable(name)}=${quoted(value)}`),
  ];
}

/** Takes out what a server has from the process that started it: a git hook, an npm script, another Claude. No process where there is nothing of the kind. */
function renderCleaning(): readonly string[] {
  const { names, conditional } = paneCleaning();
  const parts = conditional.map((part) => {
    const plain = part.names.filter((name) => !name.endsWith('*'));
    const patterns = part.names.filter((name) => name.endsWith('*')).map((name) => `${name.slice(0, -1)}[A-Za-z0-9_]*`);
    const listed =
      patterns.length === 0
        ? ''
        : ` $(env | sed -n ${patterns.map((pattern) => `-e ${quoted(`s/^\\(${pattern}\\)=.*/\\1/p`)}`).join(' ')})`;
    return `  # shellcheck disable=SC2046  # one word for each name\n  if [ -n "${part.marks.map((name) => `\${${variable(name)}+x}`).join('')}" ]; then unset ${plain.join(' ')}${listed}; fi`;
  });
  // The marks are among the names: they go last.
  return [...parts, `  unset ${names.map(variable).join(' ')}`];
}

/** The text of a tree's setup: its commands in order, the first that ends badly ends it with its exit code. POSIX sh that runs on its own. */
export function renderSetupFile({ cwd, commands, ...environment }: SetupSpec): string {
  return [
    '#!/bin/sh',
    '# Written by claude-tmux: the setup of one clone.',
    ...renderEnvironment(environment).map((line) => line.trimStart()),
    `cd ${quoted(cwd)} || exit`,
    `step() { printf '\\033[1m$ %s\\033[0m\\n' "$1"; /bin/sh -c "$2"; }`,
    ...commands.map((command) => `step ${quoted(oneLine(command))} ${quoted(command)} || exit`),
    '',
  ].join('\n');
}

export interface SetupSpec extends Pick<LaunchSpec, 'exports' | 'unset'> {
  /** Root of the tree. */
  readonly cwd: string;
  readonly commands: readonly string[];
}

function renderWords(words: readonly LaunchWord[]): string {
  if (words.length === 0) throw new Error('a launch file needs a program');
  return words.map((word) => (typeof word === 'string' ? quoted(word) : `"$${word.now}"`)).join(' ');
}

/** Quoted even where it need not be: `~` and `a=b` stay what they are at any place of a command. */
function quoted(text: string): string {
  const word = shellWord(text);
  return word.startsWith("'") ? word : `'${word}'`;
}

function variable(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`not the name of a variable: ${JSON.stringify(name)}`);
  return name;
}
