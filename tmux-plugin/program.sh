# shellcheck shell=sh
# shellcheck disable=SC2154  # who reads this file sets `folder`
# Read by plugin.sh and run.sh: where the program is, and how it is run. `folder` is the one they all lie in.

# Sets `program`: the one the user names, else the one on PATH, else the build (or a release's bundle) of this folder.
find_program() {
  find_last_node
  program=$(tmux show-options -gqv @claude_tmux_bin 2>/dev/null)
  # shellcheck disable=SC2088  # the option's text holds a tilde that nobody has expanded
  case $program in '~/'*) program=$HOME/${program#'~/'} ;; esac
  [ -n "$program" ] || program=$(command -v claude-tmux) || program=${folder%/*}/dist/claude-tmux.cjs
  [ -f "$program" ] && [ -x "$program" ]
}

# Becomes the program. tmux's PATH is often older than nvm's or fnm's: the program writes down which Node ran it last, and that one runs
# it, by its path. On PATH the Node's folder would bring another tmux, git or claude along.
exec_program() {
  if [ -n "$node" ] && is_node_script; then exec "$node" "$program" "$@"; fi
  # A version manager's shim looks for a Node itself; behind everything else it hides nothing.
  [ -z "$node" ] || command -v node >/dev/null || PATH=$PATH:${node%/*}
  exec "$program" "$@"
}

is_node_script() {
  IFS= read -r first <"$program" || return 1
  case $first in '#!'*node*) ;; *) return 1 ;; esac
} 2>/dev/null

# Sets `node`; empty when it is not known, or gone.
find_last_node() {
  state=${XDG_STATE_HOME-}
  case $state in /*) ;; *) state=$HOME/.local/state ;; esac
  node=
  # `read` says no at a last line without a newline, and has read it all the same.
  [ ! -f "$state/claude-tmux/v1/node" ] || IFS= read -r node <"$state/claude-tmux/v1/node" || :
  case $node in /*) [ -x "$node" ] || node= ;; *) node= ;; esac
}
