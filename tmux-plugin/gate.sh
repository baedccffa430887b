# shellcheck shell=sh
# shellcheck disable=SC2154,SC2034  # the head of a launch file sets what is not set here, launch.sh uses what is set
#
# Waiting for one's turn, across all panes of the user: few agents start at a time, two setups run at a time, one in each tree.
# A turn is a file that is made in one step by `ln` and holds who took it; who was killed holds nothing. The part of every launch file
# before launch.sh, which has read_start and read_boot.

# take_turn SLOT MOST WHY [SECONDS]: waits until one of SLOT.1 ... SLOT.MOST is free and takes it, for at most so many seconds; sets `turn`.
# Where no turn can be made (a full disk, no `ln`), nobody waits for ever: a start too many is better than none.
take_turn() {
  read_start "$$"
  read_boot
  ending=
  [ -z "${4-}" ] || ending=$(($(date +%s) + $4))
  own=$stage_file.own
  printf '%s\n' "$$" "$start" "$boot" "$ending" >"$own" || return 0
  said='' refused=0
  until try_turns "$1" "$2" || [ "$refused" -ge 20 ]; do
    if [ -z "$said" ]; then said=yes; note_stage "$3"; printf '\033[2m%s\033[0m\r\n' "$3"; fi
    sleep 0.1 2>/dev/null || sleep 1
  done
  [ "$refused" -eq 0 ] || turn=$own
  rm -f "$own"
}

# Counts the rounds in a row in which no turn was there and none could be made.
try_turns() {
  number=1 refused=$((refused + 1))
  while [ "$number" -le "$2" ]; do
    turn=$1.$number
    if ln "$own" "$turn" 2>/dev/null; then refused=0; return 0; fi
    [ ! -e "$turn" ] || refused=0
    is_held "$turn" || clear_turn "$turn"
    number=$((number + 1))
  done
  return 1
}

# One alone clears a dead one's turn, and looks again before it does: nobody else can have taken it meanwhile.
clear_turn() {
  if mkdir "$1.clear" 2>/dev/null; then
    is_held "$1" || rm -f "$1"
    rmdir "$1.clear"
  elif [ -n "$(find "$1.clear" -prune -mmin +1 2>/dev/null)" ]; then
    rmdir "$1.clear" 2>/dev/null
  fi
}

# True while who took the turn lives and its time is not over. Emptied by a power loss, it is nobody's.
is_held() {
  [ -e "$1" ] || return 0
  [ -f "$1" ] || return 1
  { IFS= read -r held_pid && IFS= read -r held_start && IFS= read -r held_boot && IFS= read -r ending; } 2>/dev/null <"$1" || return 1
  read_boot
  read_start "$held_pid"
  [ -n "$start" ] && [ "$held_boot" = "$boot" ] && [ "$held_start" = "$start" ] || return 1
  [ -z "$ending" ] || [ "$(date +%s)" -lt "$ending" ]
}

# What the pane waits for or does before its program runs: `status` tells it, and a second `up` leaves it alone.
note_stage() {
  staged=yes
  read_start "$$"
  read_boot
  make_way "$stage_file"
  printf '%s\n' "$$" "$start" "$boot${place_key:+ $place_key}" "$@" >"$stage_file"
}

end_stage() {
  [ -z "$staged" ] || : >"$stage_file"
  staged=
}

# Where an agent may be started: a start takes a core for seconds. The turn is given back when its first hook has come, or after a while.
# False when as many agents as may start at once ended at once, and none has spoken since: the next would meet the same wall.
wait_to_start() {
  [ -n "$starts_at_once" ] || return 0
  spoken_file=${pid_file%/*}/claude
  make_way "$spoken_file"
  : >"$spoken_file"
  take_turn "$gates/start" "$starts_at_once" 'waits for a free start' 15
  if [ -z "$by_hand" ] && meets_wall; then
    give_back
    note="not started, as what was started before it ended at once"
    note_stage not-started "$note"
    return 1
  fi
  # Twice in the background: no job of this shell, whose `fg` is for the program.
  (give_back_started 3<&- &)
}

give_back_started() {
  cd /
  tries=0
  while [ ! -s "$spoken_file" ] && [ "$tries" -lt 100 ] && ! asks; do
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  [ ! -s "$spoken_file" ] || rm -f "$wall_file"
  give_back
} 2>/dev/null

give_back() {
  [ -f "$turn" ] && { IFS= read -r held_pid <"$turn"; } 2>/dev/null && [ "$held_pid" = "$$" ] && rm -f "$turn"
}

# True when the pane shows a dialog of Claude's (2.1.197 to 2.1.332): it waits for somebody, and takes no core. Looked at twice a second.
asks() {
  [ -n "${TMUX_PANE-}" ] && [ "$tries" -ge 10 ] && [ $((tries % 5)) -eq 0 ] || return 1
  case $(tmux capture-pane -p -t "$TMUX_PANE" | tr -d ' \n') in *Entertoconfirm*) ;; *) return 1 ;; esac
}

# The agent ended at once: its turn is free, and those that wait see it in the file.
note_wall() {
  printf '%s\n' "$label" >>"$wall_file"
  give_back
}

meets_wall() {
  [ -s "$wall_file" ] && [ "$(wc -l <"$wall_file")" -ge "$starts_at_once" ]
}

# Runs the setup of the pane's tree where it has not run; the other panes of the tree wait. False when it ended badly: nothing starts then.
set_up() {
  [ -n "$setup_file" ] && [ ! -e "$setup_done" ] || return 0
  take_turn "$setup_file.turn" 1 'waits for the setup of its clone, which another pane runs'
  tree_turn=$turn
  if [ -e "$setup_done" ]; then rm -f "$tree_turn"; return 0; fi
  if [ -n "$said" ] && [ -e "$setup_file.failed" ]; then
    rm -f "$tree_turn"
    fail_setup "$(cat "$setup_file.failed")"
    return 1
  fi
  take_turn "$gates/setup" 2 'waits for its setup: two run at a time'
  note_stage setup
  run_setup
  code=$?
  if [ "$code" -eq 0 ]; then : >"$setup_done"; rm -f "$setup_file.failed"; else printf '%s\n' "$code" >"$setup_file.failed"; fi
  rm -f "$turn" "$tree_turn"
  [ "$code" -eq 0 ] || fail_setup "$code"
  return "$code"
}

fail_setup() {
  note_stage setup-failed "$1"
  note="its setup ended with exit code $1, so nothing was started; all it printed is in $setup_log"
}

# Shows what the setup prints and keeps it. What it leaves running in the background does not keep us.
run_setup() {
  pipe=$setup_file.pipe
  rm -f "$pipe" "$pipe.read"
  mkfifo "$pipe" || return 1
  (show_output 3<&- &)
  sh "$setup_file" </dev/null >"$pipe" 2>&1 3<&-
  code=$?
  tries=0
  while [ ! -e "$pipe.read" ] && [ "$tries" -lt 20 ]; do
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
  [ -e "$pipe.read" ] || kill "$(cat "$pipe.tee")" 2>/dev/null
  rm -f "$pipe" "$pipe.read" "$pipe.tee"
  return "$code"
}

show_output() {
  tee "$setup_log" <"$pipe" &
  printf '%s\n' "$!" >"$pipe.tee"
  wait
  : >"$pipe.read"
}

