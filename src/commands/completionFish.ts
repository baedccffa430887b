import { allOptions, flagsOf, takesValue } from './completionFlags.ts';
import type { OptionSpec } from './globalOptions.ts';
import { SHOWN_COMMANDS, type CommandSpec } from './table.ts';

export function fishScript(): string {
  const commands = SHOWN_COMMANDS.map((spec) => `complete -c claude-tmux -n __fish_use_subcommand -f -a ${spec.name} -d ${fishWord(spec.summary)}`);
  const options = SHOWN_COMMANDS.flatMap((spec) => allOptions(spec).map((option) => `complete -c claude-tmux ${after(spec)} ${fishFlags(option)} -d ${fishWord(option.help)}`));
  return ['# fish completion for claude-tmux:  claude-tmux completion fish | source', ...commands, ...options, ...SHOWN_COMMANDS.flatMap(fishArguments), ''].join('\n');
}

function after(spec: CommandSpec): string {
  return `-n '__fish_seen_subcommand_from ${spec.name}'`;
}

/** Files too where a layout may be given by its path, and behind `exec`. */
function fishArguments(spec: CommandSpec): string[] {
  const { completes } = spec;
  if (completes === undefined) return [`complete -c claude-tmux ${after(spec)} -f`];
  const words = typeof completes === 'string' ? names(completes) : `'${completes.join(' ')}'`;
  return [`complete -c claude-tmux ${after(spec)} ${completes === 'layout' || spec.name === 'exec' ? '' : '-f '}-a ${words}`];
}

/** fish splits what a command prints at its lines and expands none of it. */
function names(kind: string): string {
  return `'(claude-tmux complete ${kind} 2>/dev/null)'`;
}

function fishFlags(option: OptionSpec): string {
  const words = flagsOf(option).map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...words, ...(takesValue(option) ? fishValues(option) : [])].join(' ');
}

function fishValues({ choices, completes }: OptionSpec): string[] {
  if (choices) return ['-x', `-a '${choices.join(' ')}'`];
  if (completes === undefined) return ['-x'];
  return completes === 'path' ? ['-r', '-F'] : ['-x', `-a ${names(completes)}`];
}

function fishWord(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
