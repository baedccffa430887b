import type { Context } from '../apply/context.ts';
import type { Names, OptionSpec } from './globalOptions.ts';

export type Options = Readonly<Record<string, string | boolean | undefined>>;
export type Run = (context: Context, args: readonly string[], options: Options) => Promise<number>;

/** One command: help, the README's table and shell completion are derived from this. */
export interface CommandSpec {
  readonly name: string;
  /** Positional arguments in commander's form: `[layout] [task]`. */
  readonly args: string;
  readonly summary: string;
  readonly group: 'Fleets' | 'Layouts' | 'Sessions' | 'Other';
  readonly options: readonly OptionSpec[];
  /** What the first argument is (each, where there may be several), for completion: names, or one of a few words. */
  readonly completes?: Names | readonly string[];
  /** Not shown in help, README or completion. */
  readonly hidden?: boolean;
  /** False for what has nothing to do with fleets; every other command starts the watchers that were killed. */
  readonly revives?: boolean;
  /** Imports the use case when it runs: a command's imports cost nothing to the others. */
  load(): Promise<Run>;
}

const JSON_OPTION: OptionSpec = { flags: '--json', help: 'print the result as JSON' };
const YES: OptionSpec = { flags: '-y, --yes', help: 'answer every question with yes' };
const FLEET: OptionSpec = {
  flags: '-f, --fleet <fleet>',
  help: 'the fleet, when there are several',
  completes: 'fleet',
};

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'up',
    args: '[layout] [task]',
    summary: 'bring a fleet up: clone, set up, arrange, start; again: add what is missing, touch nothing that runs',
    group: 'Fleets',
    completes: 'layout',
    options: [
      { flags: '--only <ids>', help: 'only these sessions, separated by commas', completes: 'session' },
      { flags: '-d, --detach', help: 'do not attach (implied without a terminal and inside an agent)' },
      { flags: '-n, --dry-run', help: 'print the plan and do nothing' },
      { flags: '--no-prompt', help: 'start the agents without their first prompts' },
      { flags: '--from-here', help: "new branches start from the checkout's HEAD, with its uncommitted work" },
      {
        flags: '--move-here',
        help: "a fleet that was brought up on another machine is from now on this one's; nothing of it may run there any more",
      },
      YES,
    ],
    load: async () => (await import('./up.ts')).up,
  },
  {
    name: 'plan',
    revives: false,
    args: '[layout] [task]',
    summary: 'what `up` would do, and why each step',
    group: 'Layouts',
    completes: 'layout',
    options: [
      {
        flags: '--format <format>',
        help: 'text; sh: a script of git and tmux commands that gives the same; json',
        choices: ['text', 'sh', 'json'],
      },
      { flags: '--only <ids>', help: 'only these sessions, separated by commas', completes: 'session' },
      { flags: '--no-prompt', help: 'without the first prompts' },
      { flags: '--from-here', help: "new branches start from the checkout's HEAD, with its uncommitted work" },
      JSON_OPTION,
    ],
    load: async () => (await import('./plan.ts')).plan,
  },
  {
    name: 'validate',
    revives: false,
    args: '[layouts...]',
    summary:
      'check layout files; every problem at once, with its place and a hint; without a name those of this folder',
    group: 'Layouts',
    completes: 'layout',
    options: [JSON_OPTION],
    load: async () => (await import('./validate.ts')).validate,
  },
  {
    name: 'new',
    revives: false,
    args: '[name]',
    summary: 'write a commented layout for this repository',
    group: 'Layouts',
    options: [
      {
        flags: '--strategy <strategy>',
        help: 'how the work is divided',
        choices: ['component', 'task', 'priority', 'stage'],
      },
    ],
    load: async () => (await import('./new.ts')).newLayout,
  },
  {
    name: 'save',
    args: '[name]',
    summary: 'write a layout from the Claude sessions that run now, fleets or not',
    group: 'Layouts',
    options: [],
    load: async () => (await import('./save.ts')).save,
  },
  {
    name: 'layouts',
    revives: false,
    args: '',
    summary: 'list the layouts that names lead to',
    group: 'Layouts',
    options: [JSON_OPTION],
    load: async () => (await import('./layouts.ts')).layouts,
  },
  {
    name: 'templates',
    revives: false,
    args: '[name]',
    summary: 'list the prompt templates, or print one',
    group: 'Layouts',
    completes: 'template',
    options: [JSON_OPTION],
    load: async () => (await import('./templates.ts')).templates,
  },
  {
    name: 'ls',
    args: '',
    summary: 'list the fleets, or what was closed',
    group: 'Fleets',
    options: [{ flags: '--closed', help: 'what was closed: size, age, and what of it is merged nowhere' }, JSON_OPTION],
    load: async () => (await import('./ls.ts')).ls,
  },
  {
    name: 'status',
    args: '[fleet]',
    summary: 'the sessions: number, name, state and since when, branch, changes, ahead/behind, operation in progress',
    group: 'Fleets',
    completes: 'fleet',
    options: [
      { flags: '--format <format>', help: 'how to print it', choices: ['text', 'tmux', 'json', 'markdown'] },
      { flags: '--width <cells>', help: 'with --format tmux: cells there are (40)' },
      { flags: '-a, --all', help: 'with the Claude sessions of this tmux server that belong to no fleet' },
      { flags: '--follow', help: 'keep it on the screen, up to date, until q or Ctrl-C' },
      JSON_OPTION,
    ],
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'attach',
    args: '[fleet]',
    summary: 'show a fleet in this terminal',
    group: 'Fleets',
    completes: 'fleet',
    options: [{ flags: '--grouped', help: 'as a second, smaller client that does not resize the first' }],
    load: async () => (await import('./attach.ts')).attach,
  },
  {
    name: 'down',
    args: '[fleet]',
    summary: 'end the tmux session; clones, branches and conversations stay, `up` brings it back',
    group: 'Fleets',
    completes: 'fleet',
    options: [YES],
    load: async () => (await import('./down.ts')).down,
  },
  {
    name: 'forget',
    args: '<fleet>',
    summary: 'delete the record of a fleet that is down; clones, branches and conversations stay',
    group: 'Fleets',
    completes: 'fleet',
    options: [{ flags: '-y, --yes', help: 'also when closed sessions, queued tasks or syncs depend on it' }],
    load: async () => (await import('./forget.ts')).forget,
  },
  {
    name: 'go',
    args: '<session>',
    summary: 'jump to a session',
    group: 'Sessions',
    completes: 'session',
    options: [FLEET],
    load: async () => (await import('./go.ts')).go,
  },
  {
    name: 'next',
    args: '',
    summary: 'jump to the session that has waited longest for you',
    group: 'Sessions',
    options: [],
    load: async () => (await import('./next.ts')).next,
  },
  {
    name: 'send',
    args: '[session] [text...]',
    summary:
      'paste a prompt (- for standard input) into a session, or with --all into each; never into a dialog or a shell',
    group: 'Sessions',
    completes: 'session',
    options: [{ flags: '--all', help: 'to each session that can take one' }, FLEET],
    load: async () => (await import('./send.ts')).send,
  },
  {
    name: 'explain',
    args: '<session>',
    summary: 'where the shown state of a session comes from, and the rule that decided',
    group: 'Sessions',
    completes: 'session',
    options: [FLEET, JSON_OPTION],
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'task',
    args: '<session> <text...>',
    summary: 'the next task in the same clone: a fresh branch from the base, a new conversation',
    group: 'Sessions',
    completes: 'session',
    options: [
      { flags: '--branch <branch>', help: "its branch; the session's own and the task's first words otherwise" },
      FLEET,
      YES,
    ],
    load: async () => (await import('./task.ts')).task,
  },
  {
    name: 'start',
    args: '<session>',
    summary: 'start a session that waits or has ended, its conversation resumed',
    group: 'Sessions',
    completes: 'session',
    options: [FLEET, YES],
    load: async () => (await import('./start.ts')).start,
  },
  {
    name: 'add',
    args: '<name...>',
    summary: 'one more session in a fleet, as if its layout had it; `up` brings it back',
    group: 'Fleets',
    options: [
      { flags: '--id <id>', help: 'short name for commands and folders; made of the name otherwise' },
      { flags: '--component <key>', help: 'under the strategy component: the part it is for' },
      { flags: '--task <key>', help: 'under the strategy task: the kind of work' },
      { flags: '--priority <key>', help: 'under the strategy priority: how urgent it is' },
      { flags: '--stage <key>', help: 'under the strategy stage: the place in the pipeline' },
      { flags: '--branch <branch>', help: "its branch; the strategy's pattern otherwise" },
      { flags: '--prompt <text>', help: 'what the agent is told at its first start' },
      { flags: '--run <command>', help: 'a command instead of an agent' },
      { flags: '--in <session>', help: 'in the clone of this session', completes: 'session' },
      { flags: '--teleport <id>', help: 'bring this claude.ai/code session here' },
      FLEET,
      YES,
    ],
    load: async () => (await import('./add.ts')).add,
  },
  {
    name: 'restart',
    args: '<session>',
    summary: 'end a session and start it with the edited layout, its conversation resumed',
    group: 'Sessions',
    completes: 'session',
    options: [FLEET, YES],
    load: async () => (await import('./restart.ts')).restart,
  },
  {
    name: 'rename',
    args: '<session> <name>',
    summary: "change a session's label",
    group: 'Sessions',
    completes: 'session',
    options: [FLEET],
    load: async () => (await import('./rename.ts')).rename,
  },
  {
    name: 'exec',
    args: '[session] [command...]',
    summary: "run a command in a session's clone, or with --all in each",
    group: 'Sessions',
    completes: 'session',
    options: [{ flags: '--all', help: 'in each clone' }, FLEET],
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'sync',
    args: '[sessions...]',
    summary:
      'bring the base into each session that is idle and clean: one fetch, then rebase or merge; a conflict leaves the clone as it was',
    group: 'Sessions',
    completes: 'session',
    options: [
      {
        flags: '--mode <mode>',
        help: "auto: rebase what is not pushed, merge what is (default: the layout's)",
        choices: ['auto', 'rebase', 'merge', 'ff-only'],
      },
      { flags: '--when-idle', help: 'those that are at work are synced as soon as they are idle and clean' },
      { flags: '-n, --dry-run', help: 'say what would come of it, and change nothing' },
      { flags: '-y, --yes', help: 'also those that have a background task running' },
      FLEET,
      JSON_OPTION,
    ],
    load: async () => (await import('./sync.ts')).sync,
  },
  {
    name: 'diff',
    args: '<session>',
    summary: 'what a session changed since its branch left the base',
    group: 'Sessions',
    completes: 'session',
    options: [{ flags: '--stat', help: 'a summary only' }, FLEET],
    load: async () => (await import('./diff.ts')).diff,
  },
  {
    name: 'path',
    args: '<session>',
    summary: "print the folder of a session's clone",
    group: 'Sessions',
    completes: 'session',
    options: [FLEET],
    load: async () => (await import('./path.ts')).path,
  },
  {
    name: 'shell',
    args: '<session>',
    summary: "open your shell in a session's clone",
    group: 'Sessions',
    completes: 'session',
    options: [FLEET],
    load: async () => (await import('./shell.ts')).shell,
  },
  {
    name: 'doctor',
    revives: false,
    args: '',
    summary: 'check the whole chain, from hooks to the bar: what is wrong, where, and its mend',
    group: 'Other',
    options: [JSON_OPTION],
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'close',
    args: '<session>',
    summary: 'end a session and put its clone away, with a receipt of what it keeps; nothing is deleted',
    group: 'Sessions',
    completes: 'session',
    options: [FLEET, YES],
    load: async () => (await import('./close.ts')).close,
  },
  {
    name: 'undo',
    args: '[session]',
    summary: 'bring a closed session back: clone, pane and conversation',
    group: 'Sessions',
    completes: 'closed',
    options: [FLEET, YES],
    load: async () => (await import('./undo.ts')).undo,
  },
  {
    name: 'prune',
    args: '',
    summary: 'delete what was closed, where all its work is merged or pushed; the rest stays',
    group: 'Fleets',
    options: [
      { flags: '--older-than <time>', help: 'closed longer ago than this: 12h, 14d (the default), 0d' },
      {
        flags: '--shrink',
        help: 'of a clone with unmerged work keep a bundle, patches and files, read back before the rest is deleted',
      },
      FLEET,
      YES,
    ],
    load: async () => (await import('./prune.ts')).prune,
  },
  {
    name: 'cache',
    revives: false,
    args: '[action]',
    completes: ['ls', 'prune'],
    summary:
      'ls: the mirrors that clones are made from, with size, last fetch and use; prune: delete those that no fleet uses',
    group: 'Other',
    options: [
      { flags: '--older-than <days>', help: 'prune: instead those whose last fetch is that long ago, used or not' },
      JSON_OPTION,
    ],
    load: async () => (await import('./cache.ts')).cache,
  },
  {
    name: 'watch',
    revives: false,
    args: '',
    summary: 'keep the status bar of a tmux server current; `up` starts it by itself',
    group: 'Other',
    options: [
      { flags: '--start', help: 'see to it that one runs, and return' },
      { flags: '--stop', help: 'end the one that runs' },
    ],
    load: async () => (await import('./watch.ts')).watch,
  },
  {
    name: 'uninstall-plugin',
    revives: false,
    args: '',
    summary: 'take the tmux plugin out of this tmux server: keys, hooks, bar; everything is as before',
    group: 'Other',
    options: [],
    load: async () => (await import('./uninstallPlugin.ts')).uninstallPlugin,
  },
  {
    name: 'completion',
    revives: false,
    args: '<shell>',
    summary: 'print the completion script for bash, zsh or fish',
    group: 'Other',
    completes: ['bash', 'zsh', 'fish'],
    options: [],
    load: async () => (await import('./completion.ts')).completion,
  },
  {
    name: 'plugin',
    args: '<action> [client] [page]',
    summary: 'what tmux-plugin/ asks for: load, next, menu, dashboard, agree',
    group: 'Other',
    hidden: true,
    options: [{ flags: '--folder <folder>', help: 'the tmux-plugin folder that keys and hooks are to use' }],
    load: async () => (await import('./plugin.ts')).plugin,
  },
  {
    name: 'complete',
    revives: false,
    args: '<kind>',
    summary: 'names for shell completion, a line each',
    group: 'Other',
    hidden: true,
    options: [],
    load: async () => (await import('./complete.ts')).complete,
  },
];

/** The commands that help, README and completion show. */
export const SHOWN_COMMANDS: readonly CommandSpec[] = COMMANDS.filter((spec) => spec.hidden !== true);
