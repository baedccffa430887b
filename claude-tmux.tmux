#!/bin/sh
# TPM runs the *.tmux of a plugin's root and looks nowhere else; the plugin is in tmux-plugin/. This file may be reached by a symbolic link.
exec sh "$(dirname -- "$(readlink -f -- "$0" 2>/dev/null || printf %s "$0")")/tmux-plugin/plugin.sh"
