/** Patterns over configuration keys (git's extended regular expressions): what a clone takes over from the checkout. */
export interface CarriedKeys {
  readonly identity: string;
  readonly hooks: string;
  readonly remotes: string;
}

/** The functions of `plan --format sh`: what `up` does with git, in POSIX sh. File names go from git to git with a NUL after each. */
export function renderFunctions(carried: CarriedKeys): string {
  return `
IDENTITY='${carried.identity}'
HOOKS='${carried.hooks}'
REMOTES='${carried.remotes}'
${FUNCTIONS}`;
}

const FUNCTIONS = `
# has PATH REF: true when the clone has that commit
has() { git -C "$1" rev-parse --verify --quiet "$2^{commit}" >/dev/null; }

# make_clone PATH REPOSITORY BRANCH BASE PREDECESSOR CHECKOUT
make_clone() (
  ssh=
  [ -z "$6" ] || ssh=$(git -C "$6" config --get core.sshcommand || :)
  git clone --quiet --no-checkout --origin origin \${ssh:+-c "core.sshCommand=$ssh"} -- "$2" "$1" </dev/null
  carry_settings "$1" "$6" "$IDENTITY"
  carry_remotes "$1" "$6"
  if has "$1" "refs/remotes/origin/$3"; then
    git -C "$1" checkout --quiet --track -B "$3" "refs/remotes/origin/$3" --
  else
    git -C "$1" checkout --quiet --no-track -B "$3" "$(start_of "$1" "$4" "$5")" --
  fi
  carry_settings "$1" "$6" "$HOOKS"
)

# start_of PATH BASE PREDECESSOR: where a new branch starts; a repository that is on no branch has no default one, but a HEAD
start_of() {
  if [ -n "$3" ] && has "$3" HEAD; then
    git -C "$1" fetch --quiet --no-tags -- "$3" HEAD
    git -C "$1" rev-parse FETCH_HEAD
  elif [ -n "$2" ]; then printf 'refs/remotes/origin/%s' "$2"
  else git -C "$1" rev-parse --verify --quiet refs/remotes/origin/HEAD || git -C "$1" rev-parse --verify HEAD
  fi
}

# make_worktree PATH CHECKOUT BRANCH BASE
make_worktree() {
  if has "$2" "refs/heads/$3"; then git -C "$2" worktree add --quiet -- "$1" "$3"
  elif has "$2" "refs/remotes/origin/$3"; then git -C "$2" worktree add --quiet --track -b "$3" -- "$1" "refs/remotes/origin/$3"
  elif [ -n "$4" ] && has "$2" "refs/remotes/origin/$4"; then git -C "$2" worktree add --quiet --no-track -b "$3" -- "$1" "refs/remotes/origin/$4"
  elif [ -n "$4" ]; then git -C "$2" worktree add --quiet --no-track -b "$3" -- "$1" "refs/heads/$4"
  elif has "$2" refs/remotes/origin/HEAD; then git -C "$2" worktree add --quiet --no-track -b "$3" -- "$1" refs/remotes/origin/HEAD
  else git -C "$2" worktree add --quiet --no-track -b "$3" -- "$1" HEAD
  fi
}

# carry_settings PATH CHECKOUT PATTERN: what is in force in the checkout and not here
carry_settings() (
  [ -n "$2" ] || exit 0
  git -C "$2" config --name-only --get-regexp "$3" | sort -u | while IFS= read -r key; do
    value=$(setting "$2" "$key")
    if [ "$(setting "$1" "$key" || printf '%s-' "$value")" != "$value" ]; then git -C "$1" config "$key" "$value"; fi
  done
)

# setting PATH KEY; a switch without a value is on
setting() {
  case $2 in
    *.gpgsign) git -C "$1" config --type=bool --get "$2" ;;
    *) git -C "$1" config --get "$2" ;;
  esac
}

# carry_remotes PATH CHECKOUT: every remote but origin, and where origin is pushed to
carry_remotes() (
  [ -n "$2" ] || exit 0
  git -C "$2" config --name-only --get-regexp "$REMOTES" | sort -u | while IFS= read -r key; do
    case $key in
      remote.origin.pushurl) ;;
      remote.origin.*) continue ;;
    esac
    git -C "$2" config --get-all "$key" | while IFS= read -r value; do
      case $key in *url) value=$(address "$2" "$value") ;; esac
      git -C "$1" config --add "$key" "$value"
    done
  done
)

# address CHECKOUT URL: a relative path counts from the checkout
address() (
  case $2 in
    /* | *://*) relative=no ;;
    *:*) case \${2%%:*} in */*) relative=yes ;; *) relative=no ;; esac ;;
    *) relative=yes ;;
  esac
  if [ "$relative" = no ]; then printf '%s' "$2"
  elif there=$(cd "$1/$2" 2>/dev/null && pwd); then printf '%s' "$there"
  else printf '%s' "$1/$2"
  fi
)

# refuse_conflicts CHECKOUT: brought elsewhere, files in conflict would lose their two sides
refuse_conflicts() {
  [ -n "$(git -C "$1" ls-files --unmerged)" ] || return 0
  printf '%s has files in conflict: resolve them first\\n' "$1" >&2
  exit 1
}

# bring_work PATH CHECKOUT: the checkout's HEAD, its uncommitted changes and its untracked files
bring_work() {
  git -C "$1" fetch --quiet --no-tags -- "$2" HEAD
  git -C "$1" reset --quiet --hard FETCH_HEAD
  if ! git -C "$2" diff --quiet HEAD --; then
    git -C "$2" diff --binary --full-index --no-color --no-ext-diff --no-textconv --src-prefix=a/ --dst-prefix=b/ HEAD -- |
      git -C "$1" apply --binary --whitespace=nowarn -
  fi
  git -C "$2" ls-files -z --others --exclude-standard | bring copy "$2" "$1"
}

# bring_ignored HOW CHECKOUT PATH PATTERN...: ignored files that match; a folder is linked as a whole
bring_ignored() (
  how=$1 from=$2 to=$3
  shift 3
  for pattern do
    shift
    set -- "$@" "--exclude=$pattern"
  done
  [ "$how" = copy ] || set -- --directory "$@"
  git -C "$from" ls-files -z --others --ignored "$@" | { git -C "$from" check-ignore -z --stdin || :; } | bring "$how" "$from" "$to" ignored
)

# bring HOW FROM TO [ignored]: the files named on the input, a NUL after each; what is there stays. What was ignored there is ignored here.
bring() {
  # shellcheck disable=SC2016 # the inner shell expands them
  xargs -0 sh -euc '
    how=$1 from=$2 to=$3 kind=$4
    shift 4
    cd "$to"
    exclude=$(git rev-parse --git-path info/exclude)
    for file do
      case $how:$file in copy:*/) continue ;; esac
      file=\${file%/}
      path=$to/$file
      if [ -e "$path" ] || [ -L "$path" ]; then continue; fi
      # A relative link among ignored files would lead elsewhere: what it leads to is copied.
      link=
      if [ "$kind" = ignored ] && [ -L "$from/$file" ]; then
        [ -e "$from/$file" ] || continue
        link=$(readlink "$from/$file")
      fi
      mkdir -p "\${path%/*}"
      case $how:$link in
        link:*) ln -s "$from/$file" "$path" ;;
        copy: | copy:/*) cp -pP "$from/$file" "$path" ;;
        *) if [ -d "$from/$file" ]; then ln -s "$from/$file" "$path"; else cp -pL "$from/$file" "$path"; fi ;;
      esac
      if [ "$kind" = ignored ] && ! git check-ignore --quiet -- "$file"; then
        mkdir -p "\${exclude%/*}"
        printf "/%s\\n" "$(printf %s "$file" | tr "\\n\\r" "??" | sed "s/[][\\\\\\\\*]/\\\\\\\\&/g; s/ $/\\\\\\\\ /")" >>"$exclude"
      fi
    done
  ' sh "$1" "$2" "$3" "\${4-}"
}
`;
