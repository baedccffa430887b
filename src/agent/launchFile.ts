import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from '../base/shellText.ts';
import { oneLine } from '../base/text.ts';
import type { SessionPaths } from '../store/paths.ts';

/** A word of an argument vector: fixed text, or what is known only when the launch file runs. */
export type LaunchWord = string | { readonly now: 'conversation' | 'answer' };

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
  readonly files: Pick<SessionPaths, 'pid' | 'exit' | 'session' | 'prompted' | 'answer'>;
}

/**
 * The text of a launch file: POSIX sh that runs on its own, without claude-tmux. `body` is tmux-plugin/launch.sh.
 * Run it as `sh FILE`, or `sh FILE hold` to show only the offer to start.
 */
export function renderLaunchFile(spec: LaunchSpec, body: string): string {
  return ['#!/bin/sh', '# Written by claude-tmux for one pane; written anew when the session is started again.', ...renderHead(spec), '', body].join('\n');
}

/** The part that is the same for every pane; `packageRoot` is the folder of the installed package. */
export async function readLaunchBody(packageRoot: string): Promise<string> {
  return readFile(join(packageRoot, 'tmux-plugin', 'launch.sh'), 'utf8');
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
    exit_file: files.exit,
    session_file: files.session,
    prompted_file: files.prompted,
    answer_file: files.answer,
  };
  return [
    ...Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}`),
    `start_fresh() { run ${renderWords(spec.fresh)}; }`,
    `start_again() { run ${renderWords(spec.resume ?? spec.fresh)}; }`,
    'set_environment() {',
    '  :',
    ...spec.unset.map((name) => `  unset ${variable(name)}`),
    ...Object.entries(spec.exports).map(([name, value]) => `  export ${variable(name)}=${quoted(value)}`),
    '}',
  ];
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
