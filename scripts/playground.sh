# shellcheck shell=sh
# Read by scripts/demo and scripts/test-package: a throw-away project and an environment that leaves the user's folders alone.

# make_playground FOLDER: FOLDER/project is a git repository with two commits; the fleet's clones go to FOLDER/workspace.
make_playground() {
  [ ! -e "$1/project/.git" ] || return 0
  mkdir -p "$1/project/frontend" "$1/project/backend" "$1/config" "$1/state" "$1/cache" "$1/workspace"
  git -C "$1/project" init -q -b main
  git -C "$1/project" config user.name 'Demo'
  git -C "$1/project" config user.email 'demo@example.invalid'
  printf '# Shop\n\nA small project to try claude-tmux on.\n' >"$1/project/README.md"
  # Lies over every layout that is brought up here, and is no part of the project.
  printf 'workspace: %s/workspace/{name}\n' "$1" >"$1/project/.claude-tmux.local.yaml"
  printf '.claude-tmux.local.yaml\n' >"$1/project/.gitignore"
  commit_all "$1/project" 'A project'
  printf '<button id="theme">Dark mode</button>\n' >"$1/project/frontend/index.html"
  printf 'export const price = (cents) => (cents / 100).toFixed(2);\n' >"$1/project/backend/price.mjs"
  commit_all "$1/project" 'A page and a price'
}

commit_all() {
  git -C "$1" add -A
  git -C "$1" -c commit.gpgsign=false commit -q -m "$2"
}

# enter_playground FOLDER: state, cache and settings of claude-tmux lie in FOLDER from here on; no tmux around us counts.
enter_playground() {
  export XDG_STATE_HOME="$1/state" XDG_CACHE_HOME="$1/cache"
  unset TMUX TMUX_PANE
}

# use_stand_in FOLDER SCRIPTS: `claude` is the stand-in, with a home of its own, and it trusts the clones of frontend-backend.
use_stand_in() {
  mkdir -p "$1/bin" "$1/home"
  ln -sf "$2/stand-in-agent" "$1/bin/claude"
  trust_clones "$1/workspace/project-frontend-backend" >"$1/home/.claude.json"
  export HOME="$1/home" XDG_CONFIG_HOME="$1/config" PATH="$1/bin:$PATH"
  unset CLAUDE_CONFIG_DIR CLAUDECODE CLAUDE_CODE_CHILD_SESSION CLAUDE_CODE_SESSION_ID
}

# trust_clones WORKSPACE: what Claude Code keeps of the folders that it trusts.
trust_clones() {
  accepted='{"hasTrustDialogAccepted":true}'
  printf '{"projects":{"%s/frontend":%s,"%s/backend":%s,"%s/tests":%s}}\n' "$1" "$accepted" "$1" "$accepted" "$1" "$accepted"
}

# need PROGRAM…: one sentence and the way to install it on this system, when one is missing.
need() {
  for program in "$@"; do
    command -v "$program" >/dev/null && continue
    echo "claude-tmux needs $program, which is not installed; install it with: $(install_command "$program")" >&2
    exit 1
  done
}

install_command() {
  package=$1
  case $1 in node | npm) package='nodejs npm' ;; esac
  if command -v apt-get >/dev/null; then echo "sudo apt-get install $package"
  elif command -v dnf >/dev/null; then echo "sudo dnf install $package"
  elif command -v pacman >/dev/null; then echo "sudo pacman -S $package"
  elif command -v zypper >/dev/null; then echo "sudo zypper install $package"
  elif command -v apk >/dev/null; then echo "sudo apk add $package"
  elif command -v brew >/dev/null; then echo "brew install ${package%% *}"
  else echo "your system's package manager ($package)"
  fi
}
