import { allOptions, flagsOf, takesSeveral, takesValue } from './completionFlags.ts';
import { GLOBAL_OPTIONS, type OptionSpec } from './globalOptions.ts';
import type { CommandSpec } from './commandSpec.ts';
import { SHOWN_COMMANDS } from './table.ts';

export function zshScript(): string {
  const valued = GLOBAL_OPTIONS.filter(takesValue).flatMap(flagsOf).join('|');
  return `#compdef claude-tmux
# zsh completion for claude-tmux:  eval "$(claude-tmux completion zsh)"
_claude_tmux_names() {
  # The kind comes last: _arguments puts its own words for compadd before it.
  local -a names
  # Behind what is typed of a list (\`--only a,\`) already.
  compset -P '*,'
  names=(\${(f)"$(claude-tmux complete $argv[-1] 2>/dev/null)"})
  compadd "\${(@)argv[1,-2]}" -a names
  [[ $argv[-1] == layout ]] && _files -g '*.y(a|)ml'
}
_claude_tmux() {
  local -a commands
  local at=2
  while (( at < CURRENT )) && [[ $words[at] == -* ]]; do
    [[ $words[at] == (${valued}) ]] && (( at++ ))
    (( at++ ))
  done
  commands=(${SHOWN_COMMANDS.map((spec) => zshWord(`${spec.name}:${spec.summary.replaceAll(':', '\\:')}`)).join(' ')})
  if (( CURRENT < at )); then
    _arguments ${GLOBAL_OPTIONS.flatMap(zshOption).join(' ')}
    return
  elif (( CURRENT == at )); then
    _describe command commands
    return
  fi
  local command=$words[at]
  shift $(( at - 1 )) words
  (( CURRENT -= at - 1 ))
  case $command in
${SHOWN_COMMANDS.map((spec) => `    ${spec.name}) _arguments ${[...allOptions(spec).flatMap(zshOption), ...zshArguments(spec)].join(' ')} ;;`).join('\n')}
  esac
}
# A configuration that has not set completion up has no compdef.
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
compdef _claude_tmux claude-tmux
`;
}

function zshOption(option: OptionSpec): string[] {
  const value = takesValue(option) ? `:value:${zshValues(option)}` : '';
  return flagsOf(option).map((flag) => zshWord(`${flag}[${option.help}]${value}`));
}

function zshValues({ choices, completes }: OptionSpec): string {
  if (choices) return `(${choices.join(' ')})`;
  if (completes === undefined) return ' ';
  return completes === 'path' ? '_files' : `_claude_tmux_names ${completes}`;
}

function zshArguments(spec: CommandSpec): string[] {
  const { completes } = spec;
  if (completes === undefined) return [zshWord('*: :_default')];
  const first = typeof completes === 'string' ? `_claude_tmux_names ${completes}` : `(${completes.join(' ')})`;
  return takesSeveral(spec) ? [zshWord(`*: :${first}`)] : [zshWord(`1: :${first}`), zshWord('*: :_default')];
}

function zshWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
