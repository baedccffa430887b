import { assertNever } from '../base/assertNever.ts';
import { shellWord } from '../base/shellText.ts';
import { oneLine } from '../base/text.ts';
import { describeStep } from './describe.ts';
import { isTreeStep, type Plan, type TreeStep } from './step.ts';

/** A file the panes need: launch files, prompts. */
export interface ScriptFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

export interface ScriptInput {
  readonly plan: Plan;
  readonly files: readonly ScriptFile[];
  /** What `source-file` reads; '' when no pane is made. */
  readonly batch: string;
  /** Path of the tmux server's socket. */
  readonly socket: string;
  /** Variables of the layout, secret: the script takes them from its own environment. A line of `text` that is exactly `line` becomes the assignment. */
  readonly secrets: readonly { readonly line: string; readonly name: string }[];
}

/** The plan as a POSIX shell script of git and tmux commands that makes the same fleet without this program. */
export function renderScript(input: ScriptInput): string {
  const names = [...new Set(input.secrets.map((secret) => secret.name))].sort();
  const trees = input.plan.steps.filter(isTreeStep);
  return [
    HEAD,
    ...names.map((name) => `: "\${${name}:?set ${name}: the layout gives it to a session}"`),
    ...(trees.length > 0 ? [FUNCTIONS] : []),
    ...trees.flatMap(renderTreeStep),
    ...input.files.flatMap((file) => renderFile(file, input.secrets)),
    ...renderBatch(input),
    '',
  ].join('\n');
}

const HEAD = `#!/bin/sh
# Written by \`claude-tmux plan --format sh\`. It makes what is missing, as of when it was written.
set -eu
umask 077`;

const FUNCTIONS = `
# take PATH REF: true when the clone has that commit
has() { git -C "$1" rev-parse --verify --quiet "$2^{commit}" >/dev/null; }

# make_clone PATH REPOSITORY BRANCH BASE PREDECESSOR CHECKOUT
make_clone() {
  git clone --quiet --no-checkout -- "$2" "$1"
  carry_over "$1" "$6"
  if has "$1" "refs/remotes/origin/$3"; then
    git -C "$1" checkout --quiet --track -B "$3" "refs/remotes/origin/$3" --
  else
    git -C "$1" checkout --quiet --no-track -B "$3" "$(start_of "$1" "$4" "$5")" --
  fi
}

# start_of PATH BASE PREDECESSOR: where a new branch starts
start_of() {
  if [ -n "$3" ] && has "$3" HEAD; then
    git -C "$1" fetch --quiet --no-tags -- "$3" HEAD
    git -C "$1" rev-parse FETCH_HEAD
  elif [ -n "$2" ]; then printf 'refs/remotes/origin/%s' "$2"
  else git -C "$1" rev-parse --verify refs/remotes/origin/HEAD
  fi
}

# make_worktree PATH CHECKOUT BRANCH BASE
make_worktree() {
  if has "$2" "refs/heads/$3"; then git -C "$2" worktree add --quiet -- "$1" "$3"
  elif has "$2" "refs/remotes/origin/$3"; then git -C "$2" worktree add --quiet --track -b "$3" -- "$1" "refs/remotes/origin/$3"
  else git -C "$2" worktree add --quiet --no-track -b "$3" -- "$1" "\${4:-HEAD}"
  fi
}

# carry_over PATH CHECKOUT: who commits and how it is signed
carry_over() {
  [ -n "$2" ] || return 0
  git -C "$2" config --local --get-regexp '^(user\\.(name|email|signingkey)|commit\\.gpgsign|tag\\.gpgsign|gpg\\.format|core\\.hookspath)$' |
    while read -r key value; do git -C "$1" config "$key" "$value"; done || :
}

# bring_work PATH CHECKOUT: the checkout's HEAD, its uncommitted changes and its untracked files
bring_work() {
  git -C "$1" fetch --quiet --no-tags -- "$2" HEAD
  git -C "$1" reset --quiet --hard FETCH_HEAD
  if ! git -C "$2" diff --quiet HEAD --; then git -C "$2" diff --binary HEAD -- | git -C "$1" apply --binary -; fi
  git -C "$2" ls-files --others --exclude-standard | while IFS= read -r file; do copy "$2/$file" "$1/$file"; done
}

# copy FROM TO, with folders; what is there stays
copy() {
  if [ -e "$2" ]; then return 0; fi
  mkdir -p "$(dirname "$2")"
  cp -pP "$1" "$2"
}

# link FROM TO
link() {
  if [ -e "$2" ]; then return 0; fi
  mkdir -p "$(dirname "$2")"
  ln -s "$1" "$2"
}

# bring_ignored HOW CHECKOUT PATH PATTERN...: ignored files that match
bring_ignored() {
  how=$1 from=$2 to=$3
  shift 3
  patterns=$(mktemp)
  printf '%s\\n' "$@" >"$patterns"
  git -C "$from" ls-files --others --ignored --exclude-from="$patterns" | git -C "$from" check-ignore --stdin |
    while IFS= read -r file; do "$how" "$from/$file" "$to/$file"; done || :
  rm -f "$patterns"
}
`;

function renderTreeStep(step: TreeStep): string[] {
  const said = `# ${describeStep(step)}`;
  const lines = commandsOf(step);
  return lines.length === 0 ? [] : [said, ...lines, ''];
}

function commandsOf(step: TreeStep): string[] {
  switch (step.kind) {
    // The mirror only spares transfers; the script clones from the repository itself.
    case 'fetch-mirror':
      return [];
    case 'make-clone': {
      const { path, repo, branch, base } = step.spec;
      return [command('make_clone', path, repo, branch, base.kind === 'branch' ? base.name : '', step.basePath ?? '', step.checkout ?? '')];
    }
    case 'make-worktree':
      return [command('make_worktree', step.spec.path, step.checkout, step.spec.branch, step.spec.base.kind === 'branch' ? step.spec.base.name : '')];
    case 'bring-work':
      return [command('bring_work', step.spec.path, step.checkout)];
    case 'copy-files':
      return [
        ...(step.spec.include.length > 0 ? [command('bring_ignored', 'copy', step.checkout, step.spec.path, ...step.spec.include)] : []),
        ...(step.spec.link.length > 0 ? [command('bring_ignored', 'link', step.checkout, step.spec.path, ...step.spec.link)] : []),
      ];
    case 'run-setup':
      return step.spec.setup.map((line) => `(cd ${shellWord(step.spec.path)} && ${command('/bin/sh', '-c', line)})`);
    default:
      return assertNever(step);
  }
}

function command(...words: readonly string[]): string {
  return words.map((word) => (word === '' ? "''" : shellWord(word))).join(' ');
}

/** A file by heredocs that expand nothing; where a secret belongs, the script's own variable is quoted in. */
function renderFile({ path, text }: ScriptFile, secrets: ScriptInput['secrets']): string[] {
  const lines = text.replace(/\n$/, '').split('\n');
  const parts: string[] = [];
  let plain: string[] = [];
  const flush = (): void => {
    if (plain.length > 0) parts.push(heredoc('cat', plain.join('\n')));
    plain = [];
  };
  for (const line of lines) {
    const secret = secrets.find((candidate) => candidate.line === line);
    if (!secret) {
      plain.push(line);
      continue;
    }
    flush();
    parts.push(`printf "  export %s='%s'\\n" ${secret.name} "$(printf %s "$${secret.name}" | sed "s/'/'\\\\\\\\''/g")"`);
  }
  flush();
  const folder = path.slice(0, path.lastIndexOf('/'));
  return [command('mkdir', '-p', folder), '{', ...parts, `} >${shellWord(path)}`, ''];
}

function renderBatch({ batch, socket }: ScriptInput): string[] {
  return batch === '' ? [] : [heredoc(`tmux -S ${shellWord(socket)} start-server ';' source-file - >/dev/null`, batch.replace(/\n$/, ''))];
}

function heredoc(into: string, text: string): string {
  let end = 'END';
  while (text.split('\n').includes(end)) end += '_';
  return `${into} <<'${end}'\n${text}\n${end}`;
}

/** First line of a script for a plan with problems: it must not run. */
export function refuseScript(plan: Plan): string {
  return `#!/bin/sh\n${plan.problems.map((problem) => `echo ${shellWord(oneLine(problem))} >&2`).join('\n')}\nexit 1\n`;
}
