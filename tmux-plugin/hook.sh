#!/bin/sh
# Claude Code runs this for each event, its JSON on stdin:  hook.sh EVENT INBOX whole|asked|names
# It leaves one file in the inbox, named EVENT.SESSION.PPID.PID; the file's time is the event's. It says nothing (what
# SessionStart and UserPromptSubmit print goes into Claude's context) and never fails (a failing hook is shown to the user).
# Run without a shell in between, so the parent is claude. The environment holds keys: nothing of it is written down.
# Two programs are started, head and mv: each costs more than all the rest.

exec >/dev/null 2>&1
trap 'exit 0' 0
umask 077
# Lengths are bytes.
LC_ALL=C

event=${1-} inbox=${2-} kept=${3-}
folder=${CLAUDE_TMUX_SESSION_DIR-}
# Files in the inbox while nobody reads them; then this agent's tool events make room, at twice as many its others too.
most_events=1000
# Bytes read of the JSON, and written of one text in a permission request.
most_whole=65536 most_names=4096 most_text=1000

main() {
  most=$most_names
  [ "$kept" != whole ] || most=$most_whole
  json=$(head -c "$most")
  # The rest is read and dropped: a closed pipe would be an error in claude.
  [ "${#json}" -lt "$most" ] || cat
  [ -n "$event" ] && [ -d "$inbox" ] && is_ours || return 0
  [ "$kept" = whole ] || keep_some
  case $event in
    SessionStart) keep_session ;;
    UserPromptSubmit) keep_prompted ;;
  esac
  leave
  revive
}

# True for the agent that the pane's launch file started. A teammate is another process; a claude started by our claude's tools is
# below it, as a claude behind a wrapper (`mise x -- claude`) is below the wrapper: the first one to speak is the agent.
is_ours() {
  # A FIFO in the place of a file would be waited for.
  [ -f "$folder/pid" ] || return 1
  { IFS= read -r agent && IFS= read -r start; } <"$folder/pid" || return 1
  spoken=
  [ ! -f "$folder/claude" ] || IFS= read -r spoken <"$folder/claude"
  [ ! -p "$folder/claude" ] || return 1
  case $spoken in
    "$agent $start $PPID") return 0 ;;
    "$agent $start "*) return 1 ;;
  esac
  is_below "$agent" || return 1
  printf '%s\n' "$agent $start $PPID" >"$folder/claude"
  return 0
}

is_below() {
  process=$PPID
  for _ in 1 2 3 4; do
    [ "$process" != "$1" ] || return 0
    process=$(parent_of "$process")
    [ "${process:-1}" -gt 1 ] || return 1
  done
  return 1
}

parent_of() {
  if [ -r "/proc/$1/stat" ]; then
    IFS= read -r stat <"/proc/$1/stat"
    # shellcheck disable=SC2086  # one word for each field; the name before the last parenthesis may hold anything
    set -- ${stat##*") "}
    printf '%s' "$2"
  else
    ps -o ppid= -p "$1" | tr -d ' '
  fi
}

# Replaces the JSON by what is written of it. It is taken apart at its quotes: a quote inside a text has a backslash before it, so
# no text can pass for a key. What is not known by name here (input and output of tools, file contents) is never on the disk.
keep_some() {
  key='' sign='' open='' names='' texts='' last='' tool='' inside=''
  set -f
  IFS='"'
  for word in $json; do
    take "$word" || break
  done
  set +f
  unset IFS
  [ -z "$open" ] || [ "$wanted" != text ] || keep_last "$open"
  # A question and a plan hold no file's content; what is read of them tells what is asked.
  case $kept$tool in askedAskUserQuestion | askedExitPlanMode) return 0 ;; esac
  compose
}

# One piece: a key, what stands between texts, or a text or a part of one. False where nothing more is wanted.
take() {
  if [ -n "$open" ]; then
    # What is longer is not written, and joining hundreds of pieces would take its time.
    [ -z "$wanted" ] || [ "${#text}" -gt "$most_text" ] || text=$text\"$1
  else
    case $sign in : | ': ') begin "$1" ;; esac
  fi
  if [ -z "$open" ]; then
    enter "$1" || return 1
    [ -z "$inside" ] || stay "$1" || return 1
    key=$sign sign=$1
  elif is_whole "$1"; then
    case $wanted in
      name) keep_name "$open" ;;
      # What JSON had to escape is no path that can be kept in a line.
      path) case $text in *\\*) ;; *) transcript=$text ;; esac ;;
      text) keep_text "$open" ;;
    esac
    key='' sign='' open=''
  fi
}

# The text of a key begins; `wanted` is what is done with it.
begin() {
  open=$key text=$1 wanted=''
  case $inside$key in
    transcript_path) wanted=path ;;
    session_id | agent_id | permission_mode | tool_name | source | reason | model | trigger | action) wanted=name ;;
    yescommand | yesfile_path | yesnotebook_path | yesurl | yespattern | yesquery | yesdescription) wanted=text ;;
  esac
}

# False at the key where nothing more is wanted.
enter() {
  case $1 in
    tool_input) [ "$kept" = asked ] && inside=begins ;;
    tool_calls | tool_response | permission_suggestions) return 1 ;;
  esac
}

# What is taken is the tool's own words before anything nested: a key further down (an MCP tool's) is somebody's data. False behind.
stay() {
  case $inside$1 in
    beginstool_input) ;;
    begins*'}'* | begins*[][]* | begins*'{'*'{'*) return 1 ;;
    begins*'{'*) inside=yes ;;
    yes*[][{}]*) return 1 ;;
  esac
}

# A text whose piece ends in an odd number of backslashes goes on behind the quote.
is_whole() {
  case $1 in
    *\\) tail=${1##*[!\\]}; [ $((${#tail} % 2)) -eq 0 ] ;;
  esac
}

keep_name() {
  case $names in *"\"$1\":"*) return 0 ;; esac
  names="$names,\"$1\":\"$text\""
  case $1 in
    tool_name) tool=$text ;;
    session_id) session=$text ;;
    source) source=$text ;;
  esac
}

keep_text() {
  case $texts in *"\"$1\":"*) return 0 ;; esac
  if [ "${#text}" -gt "$most_text" ]; then keep_last "$1"; else texts="$texts,\"$1\":\"$text\""; fi
}

# A text that is too long comes last and is cut where it is written: whoever reads it closes what is open.
keep_last() {
  [ -n "$last" ] || last="\"$1\":\"" long=$text
}

# The conversation that had a prompt: one without a transcript has lost it. The whole JSON is kept of this event, so it is looked for here.
keep_prompted() {
  [ ! -p "$folder/prompted" ] || return 0
  prompted=${json#*'"session_id":"'}
  prompted=${prompted%%'"'*}
  case $prompted in '' | *[!A-Za-z0-9-]*) prompted= ;; esac
  printf '%s' "$prompted" >"$folder/prompted"
}

# /clear, /branch and /resume give the running process another id. In lines: the id, why there is a new one, where its transcript is.
keep_session() {
  case $session in '' | *[!A-Za-z0-9-]*) return 0 ;; esac
  printf '%s\n' "$session" "$source" "$transcript" >"$folder/.session.$$" && mv -f "$folder/.session.$$" "$folder/session" && return 0
  rm -f "$folder/.session.$$"
}

# The object of what was kept; with a text that is cut it stays open.
compose() {
  texts=${texts#,}
  json="{${names#,}"
  if [ -n "$last" ]; then
    json="$json,\"tool_input\":{$texts${texts:+,}$last"
  elif [ -n "$texts" ]; then
    json="$json,\"tool_input\":{$texts}}"
  else
    json="$json}"
  fi
}

leave() {
  file=$inbox/.$$
  make_room
  { printf '%s' "${json:-"{}"}" && printf "%.${most_text}s" "$long"; } >"$file" &&
    mv -f "$file" "$inbox/$event.${folder##*/}.$PPID.$$" && return 0
  rm -f "$file"
}

make_room() {
  set -- "$inbox"/*
  [ "$#" -ge "$most_events" ] || return 0
  own=${folder##*/}.$PPID
  rm -f "$inbox"/PreToolUse."$own".* "$inbox"/PostToolUse*."$own".*
  [ "$#" -lt $((2 * most_events)) ] || rm -f "$inbox"/*."$own".*
}

# The watcher reads what was left. Where one should run and was killed, the first hook that sees it starts another: the file that is
# made for that one death goes to a single hook, however many see it.
revive() {
  [ -f "$inbox/../server" ] || return 0
  { IFS= read -r server && [ -s "$server/start.sh" ]; } <"$inbox/../server" || return 0
  watcher=none started=
  [ -p "$server/pid" ] && return 0
  ! { IFS= read -r watcher && IFS= read -r started; } <"$server/pid" || ! runs "$watcher" "$started" || return 0
  set -C
  true >"$server/after.$watcher.$started" || return 0
  if command -v setsid; then setsid sh "$server/start.sh" & else sh "$server/start.sh" & fi
}

# Without /proc the pid alone has to do: a program of another owner answers no to a signal.
runs() {
  [ -r /proc/self/stat ] || { kill -0 "$1"; return; }
  IFS= read -r stat <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086  # one word for each field; the name before the last parenthesis may hold anything
  set -- "$2" ${stat##*") "}
  case $2 in Z | X) return 1 ;; esac
  [ "$1" = "${21-}" ]
}

session='' source='' transcript='' long=''
main
exit 0
