#!/bin/sh
# Runs the program for a key, a hook or a popup of the plugin:  sh run.sh ARGUMENT...
# The program is looked for each time, so that none of them dies with an upgrade of Node or of the program.
set -u
folder=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
# shellcheck source=tmux-plugin/program.sh
. "$folder/program.sh"

if ! find_program; then
  tmux display-message 'claude-tmux is not there any more; reload your tmux configuration to see how it is built'
  exit 127
fi
exec_program "$@"
