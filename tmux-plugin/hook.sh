#!/bin/sh
# Claude Code runs this for each event, its JSON on stdin:  hook.sh EVENT INBOX
# It leaves one file in the inbox, named EVENT.PANE.PPID.PID; the file's time is the event's. It says nothing (what
# SessionStart and UserPromptSubmit print goes into Claude's context) and never fails (a failing hook is shown to the user).
# Run without a shell in between, so the parent is claude. The environment holds keys: nothing of it is written down.

exec >/dev/null 2>&1
umask 077

event=${1-} inbox=${2-}
pane=${TMUX_PANE:--}
folder=${CLAUDE_TMUX_SESSION_DIR-}
# Events kept while nobody reads them; then this agent's older ones make room.
most_events=1000
most_bytes=65536

main() {
  [ -n "$event" ] && [ -d "$inbox" ] || return 0
  file=$inbox/.$$
  # The rest is read and dropped: a closed pipe would be an error in claude.
  { head -c "$most_bytes" >"$file"; cat >/dev/null; }
  case $event in
    SessionStart) is_ours && keep_session ;;
    UserPromptSubmit) is_ours && : >"$folder/prompted" ;;
  esac
  make_room
  mv -f "$file" "$inbox/$event.$pane.$PPID.$$" || rm -f "$file"
}

# Claude's first key is the session's id. /clear, /branch and /resume give the running process another one.
keep_session() {
  IFS= read -r json <"$file" || :
  case $json in *'"session_id"'*) ;; *) return 0 ;; esac
  id=${json#*'"session_id"'}
  id=${id#*'"'}
  id=${id%%'"'*}
  case $id in '' | *[!A-Za-z0-9-]*) return 0 ;; esac
  printf '%s\n' "$id" >"$folder/.session.$$" && mv -f "$folder/.session.$$" "$folder/session"
}

# True for the agent that the pane's launch file started; a teammate or a claude inside its tools has another process.
is_ours() {
  [ -n "$folder" ] && IFS= read -r agent <"$folder/pid" || return 1
  process=$PPID
  # A wrapper (`mise x -- claude`) may stand between the launch file and claude.
  for _ in 1 2 3 4; do
    [ "$process" != "$agent" ] || return 0
    process=$(parent_of "$process")
    [ "${process:-1}" -gt 1 ] || return 1
  done
  return 1
}

parent_of() {
  if [ -r "/proc/$1/stat" ]; then
    IFS= read -r stat <"/proc/$1/stat"
    # shellcheck disable=SC2086  # one word for each field; the name before the last parenthesis may hold anything
    set -- ${stat##*) }
    printf '%s' "$2"
  else
    ps -o ppid= -p "$1" | tr -d ' '
  fi
}

make_room() {
  set -- "$inbox"/*
  [ "$#" -lt "$most_events" ] || rm -f "$inbox"/*."$pane.$PPID".*
}

main
exit 0
