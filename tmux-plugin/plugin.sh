#!/bin/sh
# The tmux plugin. The configuration runs it through ../claude-tmux.tmux (TPM does, or a `run-shell` line), as often as it likes.
#   sh plugin.sh         load it; when there is no program, the bar says so and offers a key that builds it
#   sh plugin.sh build   build the program here, in the window that the key opens
# All that a load changes in tmux, `claude-tmux plugin load` changes in one batch; this file only finds the program.
set -u
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tmux-plugin/program.sh
. "$folder/program.sh"
build_key=B
# The same text as FRAGMENT in src/plugin/names.ts.
fragment='#{E:claude_tmux}#{?claude_tmux, ,}'

main() {
  case ${1-} in
    build) build ;;
    # In parentheses: a shell keeps what a function's redirection replaces, and tmux would wait for all who hold its end.
    '') if is_old; then refuse; else (later) >/dev/null 2>&1 </dev/null & fi ;;
    *) sed -n '3,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
}

# tmux before 3.2a runs a `#()` that stands in the output of another.
is_old() {
  case $(tmux display-message -p '#{version}' 2>/dev/null) in
    '' | [012].* | 3.[01] | 3.[01][!0-9]* | 3.2 | 3.2-*) return 0 ;;
    *) return 1 ;;
  esac
}

# While the configuration is read nobody is attached: what is printed then is shown to the first who is.
refuse() {
  text='claude-tmux needs tmux 3.2a or newer; this server is older, so the plugin is not loaded'
  if [ -n "$(tmux list-clients 2>/dev/null)" ]; then tmux display-message "$text"; else echo "$text"; fi
}

later() {
  wait_for_manager
  load
}

load() {
  if ! find_program; then hint 'not built'
  elif ! (exec_program plugin load --folder "$folder"); then
    if command -v node >/dev/null; then hint 'does not start'; else hint 'no Node found'; fi
  fi
}

# A theme that TPM runs after us may set all of status-right: what runs us goes first. The server itself has no end to wait for.
wait_for_manager() {
  [ "$PPID" != "$(tmux display-message -p '#{pid}')" ] || return 0
  tries=0
  while kill -0 "$PPID" 2>/dev/null && [ "$tries" -lt 100 ]; do
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
}

# Short: status-right takes 40 cells unless the user says otherwise.
hint() {
  text="claude-tmux: $1"
  if offer_build; then text="$text, $(tmux show-options -gv prefix) $build_key builds it"; fi
  tmux set-environment -gh claude_tmux "$text" \; set-environment -gh claude_tmux_plugin hint
  place_fragment
}

# A key that does something already is left alone.
offer_build() {
  # All keys: of a single one tmux 3.7 prints nothing and shows it to the user instead.
  bound=$(binding_of "$build_key")
  case $bound in '') ;; *'plugin.sh'*) return 0 ;; *) return 1 ;; esac
  tmux bind-key -N 'claude-tmux: build the program' -T prefix "$build_key" new-window -n claude-tmux "exec sh $(quote "$folder/plugin.sh") build"
}

# What a key of the prefix table does; nothing for one that is free.
binding_of() {
  tmux list-keys 2>/dev/null | while read -r _ first second third rest; do
    [ "$first" != -r ] || { first=$second second=$third third=${rest%% *}; }
    [ "$first $second $third" != "-T prefix $1" ] || echo "bound: $rest"
  done
}

# One word of the shell that tmux runs a command with.
quote() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")"
}

place_fragment() {
  [ "$(tmux show-options -gqv @claude_tmux_auto)" != off ] || return 0
  case $(tmux show-options -gv status-right) in *'#{E:claude_tmux}'*) return 0 ;; esac
  # tmux puts the two together: what it prints is not always what an option holds (3.4 writes `\$HOME` for `$HOME`).
  tmux set-option -gF status-right "$(printf %s "$fragment" | sed 's/#/##/g')#{status-right}"
}

build() {
  cd "${folder%/*}" || exit 1
  use_path_of_shell
  if ! command -v npm >/dev/null; then
    echo 'claude-tmux is built with Node 20 or newer and its npm; neither tmux nor your shell finds npm on PATH.'
  elif npm ci && npm run build; then
    load
    echo 'claude-tmux is built and loaded.'
  else
    echo 'claude-tmux is not built; what npm says above tells why.'
  fi
  printf 'Enter closes this window. '
  read -r _ || :
}

# nvm and fnm come onto PATH in an interactive shell only; what else it prints is none of our business.
use_path_of_shell() {
  prefer_last_node
  command -v npm >/dev/null && return
  # shellcheck disable=SC2016  # that shell expands it
  found=$("${SHELL:-/bin/sh}" -ic 'echo "$PATH"' 2>/dev/null </dev/null | tail -n 1)
  PATH=$PATH${found:+:$found}
}

main "$@"
