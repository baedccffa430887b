# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034  # the head of a launch file sets what is not set here, and defines start_fresh start_again set_environment; gate.sh uses what is set
#
# The life of one pane: start the program, record how it ended, offer to start it again.
#   sh start.sh          start it
#   sh start.sh hold     only offer to start it
#   sh start.sh become   (from below, without /proc) leave the pid in a file and become the program
# Fifty of these start at once beside `up`: on the way to the program nothing is forked that a built-in can do.
# HUP is never trapped: with a trap, agents survived kill-pane, kill-session and kill-server (tmux 3.3a).

self=$0
newline='
'

main() {
  if [ "${1-}" = become ]; then shift; take_pid "$$"; exec "$@"; fi
  unset CDPATH
  suspended='' staged='' again='' by_hand=''
  # Ctrl-C is for the program in front; a trap that does something is reset to the default in it, "ignore" would not be.
  trap : INT QUIT
  # The terminal stays at hand as 3 while a prompt is stdin.
  exec 3<&0
  tty=$(stty -g <&3 2>/dev/null)
  load_conversation
  if [ "${1-}" = hold ]; then note=$(last_end); else start; fi
  again=yes
  while :; do offer; done
}

# Starts the program in front and waits for it. `note` says afterwards what became of it.
start() {
  note=
  if [ -n "$suspended" ]; then set -m; fg >/dev/null; came_back "$?"; return; fi
  agreed || return
  # Until the program has left its pid this tells that a start is under way, and whose: killed, it is none.
  write_identity "$$" "$starting_file" || { cannot_note "$starting_file"; return; }
  wait_for_last || return
  set_up || return
  if ! cd "$dir" 2>/dev/null; then note="its folder is missing: $shown_dir"; return; fi
  load_conversation
  wait_to_start || return
  end_stage
  if can_continue; then start_again
  elif [ -n "$question" ] && ! ask; then note='no id was given'
  elif [ -z "$prompt_file" ] || [ -e "$prompted_file" ]; then start_fresh
  elif [ -r "$prompt_file" ]; then start_fresh <"$prompt_file"
  else note="the file with its prompt is missing"
  fi
}

# Claude Code asks no more in a folder that is trusted: what came into it since the user agreed is shown to whoever pressed the key. Where the
# program is no longer installed, that is said.
agreed() {
  [ -n "$by_hand" ] && [ -n "$agree_with" ] || return 0
  if [ ! -r "$agree_with" ]; then set -- 127; else (set_environment; take_login; exec sh "$agree_with" plugin agree "$CLAUDE_TMUX_SESSION_DIR" "$dir" 3<&-); set -- "$?"; fi
  case $1 in
    0) ;;
    127) printf 'claude-tmux is not there any more: nobody has looked at what came into %s\r\n' "$shown_dir" ;;
    *) note='not started'; return 1 ;;
  esac
}

# The hook writes each new id (/clear and /resume change it) and where its transcript is; until then the one the session was made with counts.
load_conversation() {
  transcript=
  # `read` says no at a last line without a newline, and has read it all the same.
  [ ! -f "$session_file" ] || [ ! -s "$session_file" ] || { IFS= read -r conversation; IFS= read -r _; IFS= read -r transcript; } <"$session_file" || :
  [ ! -f "$answer_file" ] || [ ! -s "$answer_file" ] || IFS= read -r answer <"$answer_file" || :
}

# Claude: the conversation has a transcript, in whatever project folder. Others: the prompt was given once.
can_continue() {
  [ -n "$transcripts" ] || { [ -e "$prompted_file" ]; return; }
  [ -n "$conversation" ] || return 1
  # A wrapper around claude may have chosen another account than the one we gave it.
  [ -z "$transcript" ] || [ ! -s "$transcript" ] || return 0
  for transcript in "$transcripts"/*/"$conversation".jsonl; do
    [ ! -s "$transcript" ] || return 0
  done
  return 1
}

ask() {
  [ -z "${answer-}" ] || return 0
  printf '%s ' "$question"
  IFS= read -r answer || answer=
  case $answer in '' | -* | *[!A-Za-z0-9_.-]*) answer=; return 1 ;; esac
  printf '%s\n' "$answer" >"$answer_file"
}

# start_fresh and start_again call this with the argument vector.
run() {
  [ ! -e "$exit_file" ] || rm -f "$exit_file"
  if [ -n "$marks_prompt" ]; then make_way "$prompted_file"; : >"$prompted_file"; fi
  # With job control Ctrl-Z comes back here; without, claude suspends itself for good (2.1.197: nobody can `fg` it).
  # Not under zsh: there it lets the program survive its pane, and notices no suspension either (zsh 5.9). Not under mksh (R59) and
  # ksh93 (93u+m): in a script they leave the terminal with the shell, and the program may not read from it.
  [ -z "$tty" ] || [ -n "${ZSH_VERSION-}${KSH_VERSION-}" ] || set -m
  # A subshell keeps the environment of the program out of this one.
  (exec 3<&-; set_environment; take_login; become "$@")
  came_back "$?"
}

# Agent socket and display are the caller's at the first start; later those of tmux's session environment, which `attach` renews.
take_login() {
  [ -n "$again" ] && [ -n "${TMUX-}" ] && held=$(tmux show-environment -s 2>/dev/null) || return 0
  # tmux 3.4 puts a backslash of its own before each `$` that a name or `{` follows (utf8.c); behind two of them the shell would expand the name.
  case $held in
    *'\\$'[A-Za-z_'{']*) [ "$(tmux display-message -p '#{version}' 2>/dev/null)" != 3.4 ] || held=$(printf '%s\n' "$held" | sed 's/\\\(\$[A-Za-z_{]\)/\1/g') ;;
  esac
  while IFS= read -r line; do
    case $line in
      'unset '*';') name=${line#unset }; name=${name%';'} ;;
      *'="'*'"; export '*';') name=${line%%=*}; [ "${line##*'; export '}" = "$name;" ] || continue ;;
      *) continue ;;
    esac
    case " $login_names " in *" $name "*) eval "$line" ;; esac
  done <<END
$held
END
}

# Ended or suspended, with this exit code. A signal adds 128 to its number, in ksh93 256, in yash 384.
came_back() {
  set +m
  tidy_screen
  suspended=
  if [ "$1" -gt 384 ]; then set -- "$(($1 - 256))"; elif [ "$1" -gt 256 ]; then set -- "$(($1 - 128))"; fi
  if [ "$1" -gt 128 ] && last_runs; then suspended=yes note='suspended (Ctrl-Z)'; return; fi
  early=
  if ended_early "$1"; then early=' early'; note_wall; fi
  printf '%s %s%s\n' "$1" "$(date +%s)" "$early" >"$exit_file.new" && mv -f "$exit_file.new" "$exit_file"
  note=$(describe_end "$1")
}

# An agent that failed within a minute, and none of whose hooks came, never ran: that was not the user.
ended_early() {
  [ -n "$starts_at_once" ] && [ "$1" -gt 0 ] && [ "$1" -lt 128 ] && [ ! -s "$spoken_file" ] &&
    [ -n "$(find "$pid_file" -mmin -1 2>/dev/null)" ]
}

# `$$` is the first shell's, also in a subshell: only /proc, or a shell of its own, knows its pid. ksh93 forks no subshell before it has to.
become() {
  [ -r /proc/self/stat ] || exec /bin/sh "$self" become "$@"
  IFS= read -r stat </proc/self/stat
  [ "${stat%% *}" != "$$" ] || exec /bin/sh "$self" become "$@"
  take_pid "${stat%% *}"
  exec "$@"
}

# Nobody would know of a program without its pid: its clone would be moved under it, and a second one started beside it.
take_pid() {
  write_identity "$1" "$pid_file" && return 0
  cannot_note "$pid_file"
  printf '%s\r\n' "$note"
  exit 1
}

# Full disk, read-only file system: what was cut short is no identity of anybody.
cannot_note() {
  rm -f "$1"
  note="not started: \"$1\" cannot be written; make room on its disk"
}

# write_identity PID FILE: pid, start time, boot and place, the last two on one line; after a reboot, or on another machine, the pid alone
# is some other program's.
write_identity() {
  read_start "$1"
  read_boot
  make_way "$2"
  printf '%s\n' "$1" "$start" "$boot${place_key:+ $place_key}" >"$2"
}

# A FIFO in the place of a file would be waited for, and a folder cannot be written.
make_way() {
  if [ -e "$1" ] && [ ! -f "$1" ]; then mv -f "$1" "$1.odd.$$"; fi
}

# Sets `start`; empty for a process that has ended, zombies included.
read_start() {
  start=
  if [ -r /proc/self/stat ]; then
    IFS= read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
    # shellcheck disable=SC2086  # one word for each field; the name before the last parenthesis may hold anything
    set -- ${stat##*") "}
    case $1 in Z | X) ;; *) start=${20} ;; esac
  else
    # shellcheck disable=SC2046  # blanks squeezed to one
    set -- $(TZ=UTC LC_ALL=C /bin/ps -o state=,lstart= -p "$1")
    case ${1-Z} in Z*) ;; *) shift; start=$* ;; esac
  fi
}

# Sets `boot`.
read_boot() {
  if [ -r /proc/sys/kernel/random/boot_id ]; then
    IFS= read -r boot </proc/sys/kernel/random/boot_id
  else
    boot=$(/usr/sbin/sysctl -n kern.boottime | sed 's/.*[{ ]sec = \([0-9]*\).*/\1/')
  fi
}

# A replaced pane's agent needs a moment to say goodbye; two at once would write into one conversation.
wait_for_last() {
  tries=0
  while last_runs; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then note="it still runs elsewhere (pid $last_pid)"; return 1; fi
    sleep 0.1 2>/dev/null || sleep 1
  done
}

last_runs() {
  [ -f "$pid_file" ] && [ -s "$pid_file" ] || return 1
  { IFS= read -r last_pid; IFS= read -r last_start; IFS= read -r last_boot; } <"$pid_file"
  read_boot
  read_start "$last_pid"
  [ -n "$last_start" ] && [ "${last_boot%% *}" = "$boot" ] && [ "$start" = "$last_start" ]
}

last_end() {
  if [ -f "$exit_file" ] && read -r code _ <"$exit_file"; then describe_end "$code"; else printf 'not running'; fi
}

describe_end() {
  case $1 in
    0) printf 'ended, exit code 0' ;;
    126 | 127) printf 'exit code %s: "%s" could not be started' "$1" "$program" ;;
    129 | 13[0-9] | 14[0-9] | 15[0-9]) printf 'ended by signal %s, exit code %s' "$(kill -l "$(($1 - 128))" 2>/dev/null)" "$1" ;;
    *) printf 'ended, exit code %s' "$1" ;;
  esac
}

# What a killed program leaves behind: alternate screen, hidden cursor, mouse, focus and paste reports, key modes, colours.
tidy_screen() {
  restore_tty
  printf '\033[?1049l\033[?25h\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?1004l\033[?2004l\033[?2031l\033[>4m\033[?1l\033>\033[0m\033[J'
}

restore_tty() {
  [ -z "$tty" ] || stty "$tty" <&3
}

# The footer, then one key.
offer() {
  means=$(describe_key)
  printf '\r\n\033[7m %s \033[0m %s\r\n' "$label" "$note"
  printf '\033[1mr\033[0m %s   \033[1ms\033[0m shell   \033[1mc\033[0m close this pane\r\n' "$means"
  while :; do
    read_key
    case $key in
      r | R | "$newline") by_hand=yes; start; return ;;
      s | S) open_shell; return ;;
      # dash's `exit` refuses while something is suspended ("You have stopped jobs").
      c | C | q | Q) exec /bin/sh -c : ;;
      end) exit 1 ;;
    esac
  done
}

# What never ran, or has no conversation yet, begins.
describe_key() {
  load_conversation
  if [ -n "$suspended" ]; then printf 'go on'
  elif [ -n "$transcripts" ] && can_continue; then printf '%s' "$again_means"
  elif [ -z "$transcripts" ] && [ -s "$pid_file" ]; then printf '%s' "$again_means"
  else printf 'start'
  fi
}

# One key press. More than a byte at once is a paste, a cursor key or a terminal's late answer (one ends with "c"): not a key.
# Signals are off meanwhile: Ctrl-C and Ctrl-\ are bytes like any other. A Ctrl-C just before ends an stty, not this loop.
read_key() {
  [ -t 3 ] || { key=end; return; }
  stty -icanon -echo -isig min 1 time 0 <&3 2>/dev/null
  key=$(read_bytes)
  # What an escape begins may come in parts.
  case $key in "$(printf '\033')"*) stty min 0 time 1 <&3; read_bytes >/dev/null; key=several ;; esac
  restore_tty
  key=${key%.}
  case $key in ?) ;; *) key=none ;; esac
}

# The full stop keeps a newline at the end from being dropped.
read_bytes() {
  dd bs=256 count=1 <&3 2>/dev/null
  printf .
}

open_shell() {
  (set_environment; take_login; cd "$dir" 2>/dev/null || :; exec "${SHELL:-/bin/sh}" 3<&-)
  tidy_screen
}

main "$@"
