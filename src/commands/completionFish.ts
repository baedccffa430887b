import { allOptions, flagsOf, takesValue } from './completionFlags.ts';
import { GLOBAL_OPTIONS, type OptionSpec } from './globalOptions.ts';
import type { CommandSpec } from './commandSpec.ts';
import { SHOWN_COMMANDS } from './table.ts';

export function fishScript(): string {
  const valued = GLOBAL_OPTIONS.filter(takesValue).flatMap(flagsOf);
  const commands = SHOWN_COMMANDS.map(
    (spec) => `complete -c claude-tmux -n __claude_tmux_on -f -a ${spec.name} -d ${fishWord(spec.summary)}`,
  );
  const options = SHOWN_COMMANDS.flatMap((spec) =>
    allOptions(spec).map(
      (option) => `complete -c claude-tmux ${after(spec)} ${fishFlags(option)} -d ${fishWord(option.help)}`,
    ),
  );
  return [
    '# fish completion for claude-tmux:  claude-tmux completion fish | source',
    functions(valued),
    ...commands,
    ...options,
    ...SHOWN_COMMANDS.flatMap(fishArguments),
    '',
  ].join('\n');
}

/** `__fish_seen_subcommand_from up` would be true for `task up` as well: the command is the first word that is no option. */
function functions(valued: readonly string[]): string {
  return `# True when the command is this one; without an argument, when there is none yet.
function __claude_tmux_on
  set -l words (commandline -opc)
  set -e words[1]
  while set -q words[1]
    switch $words[1]
      case ${valued.join(' ')}
        set -e words[1]
      case '-*'
      case '*'
        test "$words[1]" = "$argv[1]"
        return
    end
    set -e words[1]
  end
  test -z "$argv[1]"
end
# Names of a kind, behind what is typed of a list (\`--only a,\`) already.
function __claude_tmux_names
  set -l typed (string replace -r -- '^-[^=]*=' '' (commandline -ct) | string replace -r '[^,]*$' '')
  for name in (claude-tmux complete $argv[1] 2>/dev/null)
    echo "$typed$name"
  end
end`;
}

function after(spec: CommandSpec): string {
  return `-n '__claude_tmux_on ${spec.name}'`;
}

/** Files too where a layout may be given by its path, and behind `exec`. */
function fishArguments(spec: CommandSpec): string[] {
  const { completes } = spec;
  if (completes === undefined) return [`complete -c claude-tmux ${after(spec)} -f`];
  const words = typeof completes === 'string' ? names(completes) : `'${completes.join(' ')}'`;
  return [
    `complete -c claude-tmux ${after(spec)} ${completes === 'layout' || spec.name === 'exec' ? '' : '-f '}-a ${words}`,
  ];
}

/** fish splits what a command prints at its lines and expands none of it. */
function names(kind: string): string {
  return `'(__claude_tmux_names ${kind})'`;
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
