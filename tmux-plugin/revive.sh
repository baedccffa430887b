#!/bin/sh
# Starts the watcher of this tmux server when it has died:  sh revive.sh PIDFILE
# Hooks of tmux run this, so nothing but a shell starts while the watcher lives. The file names it by pid, start time and boot, a line each.
set -u

main() {
  lives "$1" || exec sh "$(dirname -- "$0")/run.sh" watch --start
}

lives() {
  [ -f "$1" ] && [ -s "$1" ] || return 1
  { IFS= read -r pid; IFS= read -r started; IFS= read -r booted; } <"$1"
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  read_boot
  [ "$boot" = "${booted%% *}" ] || return 1
  read_start "$pid"
  [ -n "$started" ] && [ "$start" = "$started" ]
}

# Sets `start` as launch.sh does; empty for a process that has ended, zombies included.
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

main "$@"
