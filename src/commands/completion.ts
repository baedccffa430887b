import { EXIT, UserError } from '../base/errors.ts';
import { GLOBAL_OPTIONS, SHOWN_COMMANDS, type CommandSpec, type OptionSpec } from './table.ts';
import type { Context } from '../apply/context.ts';

const SHELLS: Readonly<Record<string, () => string>> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Prints the completion script of a shell, derived from the command table. */
export function completion(context: Context, [shell = '']: readonly string[]): Promise<number> {
  const script = SHELLS[shell];
  if (!script) throw new UserError(`no completion for "${shell}"`, { hint: 'bash, zsh and fish have one', exitCode: EXIT.usage });
  context.out(script());
  return Promise.resolve(0);
}

function flagsOf(option: OptionSpec): string[] {
  return option.flags.match(/--?[a-z-]+/gi) ?? [];
}

function allFlags(spec: CommandSpec): string[] {
  return [...spec.options, ...GLOBAL_OPTIONS].flatMap(flagsOf);
}

function bashScript(): string {
  const cases = SHOWN_COMMANDS.map((spec) => {
    const names = spec.completes === undefined ? '' : `names=$(claude-tmux complete ${spec.completes} 2>/dev/null)`;
    return `    ${spec.name}) flags='${allFlags(spec).join(' ')}'; ${names === '' ? ':' : names} ;;`;
  });
  return `# bash completion for claude-tmux:  source <(claude-tmux completion bash)
_claude_tmux() {
  local word=\${COMP_WORDS[COMP_CWORD]} command= flags= names= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) command=\${COMP_WORDS[i]}; break ;; esac
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W '${SHOWN_COMMANDS.map((spec) => spec.name).join(' ')} --help --version' -- "$word"))
    return
  fi
  case $command in
${cases.join('\n')}
  esac
  if [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$word"))
  else
    local IFS=$'\\n'
    COMPREPLY=($(compgen -W "$names" -- "$word"))
    [[ $command == up || $command == plan || $command == validate ]] && COMPREPLY+=($(compgen -f -X '!*.@(yaml|yml)' -- "$word"))
  fi
}
complete -o filenames -F _claude_tmux claude-tmux
`;
}

function zshScript(): string {
  const cases = SHOWN_COMMANDS.map((spec) => {
    const options = [...spec.options, ...GLOBAL_OPTIONS].flatMap((option) => flagsOf(option).map((flag) => zshWord(`${flag}[${option.help}]${option.flags.includes('<') ? ':value:' : ''}`)));
    const names = spec.completes === undefined ? '_default' : `_claude_tmux_names ${spec.completes}`;
    return `    ${spec.name}) _arguments ${options.join(' ')} ${zshWord(`*:: :${names}`)} ;;`;
  });
  return `#compdef claude-tmux
# zsh completion for claude-tmux:  source <(claude-tmux completion zsh)
_claude_tmux_names() {
  local -a names
  names=(\${(f)"$(claude-tmux complete $1 2>/dev/null)"})
  compadd -a names
  [[ $1 == layout ]] && _files -g '*.y(a|)ml'
}
_claude_tmux() {
  local -a commands
  commands=(${SHOWN_COMMANDS.map((spec) => zshWord(`${spec.name}:${spec.summary.replaceAll(':', '\\:')}`)).join(' ')})
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _claude_tmux claude-tmux
`;
}

function zshWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishScript(): string {
  const commands = SHOWN_COMMANDS.map((spec) => `complete -c claude-tmux -n __fish_use_subcommand -f -a ${spec.name} -d ${fishWord(spec.summary)}`);
  const options = SHOWN_COMMANDS.flatMap((spec) => [...spec.options, ...GLOBAL_OPTIONS].map((option) => `complete -c claude-tmux -n '__fish_seen_subcommand_from ${spec.name}' ${fishFlags(option)} -d ${fishWord(option.help)}`));
  const names = SHOWN_COMMANDS.flatMap((spec) => (spec.completes === undefined ? [] : [`complete -c claude-tmux -n '__fish_seen_subcommand_from ${spec.name}' ${spec.completes === 'layout' ? '' : '-f '}-a '(claude-tmux complete ${spec.completes} 2>/dev/null)'`]));
  return ['# fish completion for claude-tmux:  claude-tmux completion fish | source', ...commands, ...options, ...names, ''].join('\n');
}

function fishFlags(option: OptionSpec): string {
  const words = flagsOf(option).map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = option.flags.includes('<') ? ['-x', ...(option.choices ? [`-a '${option.choices.join(' ')}'`] : [])] : [];
  return [...words, ...value].join(' ');
}

function fishWord(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
