import { allOptions, flagsOf, takesSeveral, takesValue } from './completionFlags.ts';
import { GLOBAL_OPTIONS, type OptionSpec } from './globalOptions.ts';
import type { CommandSpec } from './commandSpec.ts';
import { SHOWN_COMMANDS } from './table.ts';

/**
 * `compgen -W` expands the words that it is given, command substitutions too (bash 5.2): names go through `read` and `==` instead.
 * Nothing that bash 3.2 lacks, which macOS has.
 */
export function bashScript(): string {
  const options = [...SHOWN_COMMANDS.flatMap((spec) => spec.options), ...GLOBAL_OPTIONS];
  const valued = [...new Set(options.filter(takesValue).flatMap(flagsOf))];
  return `# bash completion for claude-tmux:  eval "$(claude-tmux completion bash)"
_claude_tmux_words() {
  local name
  for name; do [[ $name == "$word"* ]] && COMPREPLY+=("$name"); done
}
_claude_tmux_names() {
  local name
  while IFS= read -r name; do _claude_tmux_words "$2$name"; done < <(claude-tmux complete "$1" 2>/dev/null)
}
_claude_tmux_files() {
  local name
  while IFS= read -r name; do [[ $1 == all || -d $name || $name == *.yaml || $name == *.yml ]] && COMPREPLY+=("$name"); done < <(compgen -f -- "$word")
}
_claude_tmux() {
  local word=\${COMP_WORDS[COMP_CWORD]} command= taken=0 head= i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case $command,\${COMP_WORDS[i]} in
      ${valued.map((flag) => `*,${flag}`).join('|')}) ((i++)) ;;
      *,-*) ;;
      ,*) command=\${COMP_WORDS[i]} ;;
      *) ((taken++)) ;;
    esac
  done
  [[ $word == *,* ]] && head=\${word%,*},
  case $command,\${COMP_WORDS[COMP_CWORD - 1]} in
${SHOWN_COMMANDS.flatMap((spec) => spec.options.filter(takesValue).map((option) => valueCase(spec.name, option))).join('\n')}
${GLOBAL_OPTIONS.filter(takesValue)
  .map((option) => valueCase('*', option))
  .join('\n')}
  esac
  case $command in
    '') _claude_tmux_words ${SHOWN_COMMANDS.map((spec) => spec.name).join(' ')} --help --version ${GLOBAL_OPTIONS.flatMap(flagsOf).join(' ')} ;;
${SHOWN_COMMANDS.map(commandCase).join('\n')}
  esac
}
complete -o filenames -F _claude_tmux claude-tmux
`;
}

function valueCase(command: string, option: OptionSpec): string {
  return `    ${flagsOf(option)
    .map((flag) => `${command},${flag}`)
    .join('|')}) ${values(option)}return ;;`;
}

function values({ choices, completes }: OptionSpec): string {
  if (choices) return `_claude_tmux_words ${choices.join(' ')}; `;
  if (completes === undefined) return '';
  return completes === 'path' ? '_claude_tmux_files all; ' : `_claude_tmux_names ${completes} "$head"; `;
}

function commandCase(spec: CommandSpec): string {
  const flags = `_claude_tmux_words ${allOptions(spec).flatMap(flagsOf).join(' ')}`;
  const first = argument(spec);
  const rest = spec.name === 'exec' ? 'else _claude_tmux_files all; ' : '';
  const names = takesSeveral(spec) ? `else ${first}; ` : `elif ((taken == 0)); then ${first}; ${rest}`;
  return `    ${spec.name}) if [[ $word == -* ]]; then ${flags}; ${first === '' ? '' : names}fi ;;`;
}

function argument({ completes }: CommandSpec): string {
  if (completes === undefined) return '';
  if (typeof completes !== 'string') return `_claude_tmux_words ${completes.join(' ')}`;
  return `_claude_tmux_names ${completes}${completes === 'layout' ? '; _claude_tmux_files' : ''}`;
}
