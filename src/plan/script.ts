import { assertNever } from '../base/assertNever.ts';
import { shellWord } from '../base/shellText.ts';
import { oneLine } from '../base/text.ts';
import { describeStep } from './describe.ts';
import { renderFunctions, type CarriedKeys } from './scriptFunctions.ts';
import { markOf, type ScriptVariable } from './scriptVariables.ts';
import { isTreeStep, type Plan, type TreeStep } from './step.ts';

/** A file the panes need: launch files, prompts. */
export interface ScriptFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  /** Variables whose marks stand in `text`. */
  readonly variables: readonly ScriptVariable[];
}

export interface ScriptInput {
  readonly plan: Plan;
  readonly files: readonly ScriptFile[];
  /** What `source-file` reads; '' when no pane is made. */
  readonly batch: string;
  /** Path of the tmux server's socket. */
  readonly socket: string;
  /** Variables of the sessions that start or are set up. */
  readonly variables: readonly ScriptVariable[];
  readonly carried: CarriedKeys;
}

/** The plan as a POSIX shell script of git and tmux commands that makes the same fleet without this program. */
export function renderScript(input: ScriptInput): string {
  const trees = input.plan.steps.filter(isTreeStep);
  return [
    HEAD,
    ...renderVariables(input.variables),
    ...(trees.length > 0 ? [renderFunctions(input.carried)] : []),
    ...renderRefusals(trees),
    ...trees.flatMap((step) => renderTreeStep(step, input.variables)),
    ...input.files.flatMap(renderFile),
    ...renderBatch(input),
    '',
  ].join('\n');
}

const HEAD = `#!/bin/sh
# Written by \`claude-tmux plan --format sh\`. It makes what is missing, as of when it was written.
set -eu

# export_line NAME VALUE: the line that sets it, whatever the value holds (a command substitution alone would cut its last newlines)
export_line() (
  value=$(printf '%sx' "$2" | sed "s/'/'\\\\\\\\''/g")
  printf "  export %s='%s'\\n" "$1" "\${value%x}"
)`;

function renderVariables(variables: readonly ScriptVariable[]): string[] {
  const asked = new Map(variables.map((variable) => [variable.from, variable]));
  return [...asked.values()]
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    .flatMap(({ from, name, pane, mayBeEmpty }) => {
      const sign = mayBeEmpty ? '?' : ':?';
      if (from === name) return [`: "\${${name}${sign}set ${name}: the layout gives it to a session}"`];
      return [
        `# ${name} is not the same in every session: ${from} is that of "${pane}".`,
        `: "\${${from}${sign}set ${from}: the layout gives it to "${pane}" as ${name}}"`,
      ];
    });
}

function renderRefusals(steps: readonly TreeStep[]): string[] {
  const checkouts = steps.flatMap((step) => (step.kind === 'bring-work' ? [step.checkout] : []));
  return [...new Set(checkouts)].map((checkout) => command('refuse_conflicts', checkout));
}

function renderTreeStep(step: TreeStep, variables: readonly ScriptVariable[]): string[] {
  const said = `# ${describeStep(step)}`;
  const lines = commandsOf(step, variables);
  return lines.length === 0 ? [] : [said, ...lines, ''];
}

function commandsOf(step: TreeStep, variables: readonly ScriptVariable[]): string[] {
  switch (step.kind) {
    // The mirror only spares transfers; the script clones from the repository itself.
    case 'fetch-mirror':
      return [];
    case 'make-clone': {
      const { path, repo, branch, base } = step.spec;
      return [
        command(
          'make_clone',
          path,
          repo,
          branch,
          base.kind === 'branch' ? base.name : '',
          step.basePath ?? '',
          step.checkout ?? '',
        ),
      ];
    }
    case 'make-worktree':
      return [
        command(
          'make_worktree',
          step.spec.path,
          step.checkout,
          step.spec.branch,
          step.spec.base.kind === 'branch' ? step.spec.base.name : '',
        ),
      ];
    // Half begun, it is this program's to end: a script could not tell what its agent was told.
    case 'begin-task':
      return [
        `echo ${shellWord(`the next task of "${step.pane}" is not begun: claude-tmux up begins it`)} >&2`,
        'exit 1',
      ];
    case 'bring-work':
      return [command('bring_work', step.spec.path, step.checkout)];
    case 'copy-files':
      // Links first, as `up` does: what lies in a linked folder is there then.
      return [
        ...(step.spec.link.length > 0
          ? [command('bring_ignored', 'link', step.checkout, step.spec.path, ...step.spec.link)]
          : []),
        ...(step.spec.include.length > 0
          ? [command('bring_ignored', 'copy', step.checkout, step.spec.path, ...step.spec.include)]
          : []),
      ];
    case 'run-setup': {
      const own = variables
        .filter(({ pane }) => pane === step.pane)
        .map(({ name, from }) => `${name}="$${from}" `)
        .join('');
      return step.spec.setup.map(
        (line) => `(cd ${shellWord(step.spec.path)} && ${own}${command('/bin/sh', '-c', line)} </dev/null)`,
      );
    }
    default:
      return assertNever(step);
  }
}

function command(...words: readonly string[]): string {
  return words.map((word) => (word === '' ? "''" : shellWord(word))).join(' ');
}

/** A file by heredocs that expand nothing; where a variable's mark stands, the script's own value is quoted in. */
function renderFile({ path, text, variables }: ScriptFile): string[] {
  const assignments = new Map(
    variables.map((variable) => [`  export ${variable.name}=${shellWord(markOf(variable))}`, variable]),
  );
  const parts: string[] = [];
  let plain: string[] = [];
  const flush = (): void => {
    if (plain.length > 0) parts.push(heredoc('cat', plain.join('\n')));
    plain = [];
  };
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const variable = assignments.get(line);
    if (!variable) {
      plain.push(line);
      continue;
    }
    flush();
    parts.push(`export_line ${variable.name} "$${variable.from}"`);
  }
  flush();
  return [
    '(',
    'umask 077',
    command('mkdir', '-p', path.slice(0, path.lastIndexOf('/'))),
    '{',
    ...parts,
    `} >${shellWord(path)}`,
    ')',
    '',
  ];
}

function renderBatch({ batch, socket }: ScriptInput): string[] {
  return batch === ''
    ? []
    : [heredoc(`tmux -S ${shellWord(socket)} start-server ';' source-file - >/dev/null`, batch.replace(/\n$/, ''))];
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
