/**
 * The environment of everything we start that is not git (git/run/environment.ts has git's): which variables of the caller it gets.
 * A variable is of the first class that names it; what no class names is the user's and goes everywhere.
 */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * What is started. `server` is every tmux client, for each may start the server, which hands its environment to all panes. `pane` is
 * what a launch file starts, setup included. `here` is a program of the user's on this terminal (`exec`, `shell`, a pager, Claude's own
 * dialog). `quiet` is a program that is only asked something. `watcher` is the process that stays.
 */
export type Surface = 'server' | 'pane' | 'here' | 'quiet' | 'watcher';

export const SURFACES: readonly Surface[] = ['server', 'pane', 'here', 'quiet', 'watcher'];

export type VariableClass =
  'repository' | 'gitRun' | 'session' | 'packageRun' | 'process' | 'testRun' | 'terminal' | 'login' | 'path' | 'user';

/** `out`: never. `caller`: as the caller has it now. `server`: as the tmux server has it; the caller's value is not used. */
export type Source = 'out' | 'caller' | 'server';

const PRIVATE = {
  repository: 'out',
  gitRun: 'out',
  session: 'out',
  packageRun: 'out',
  process: 'out',
  testRun: 'out',
} as const;

/** A pane's terminal is tmux's; its login and its PATH are those of the caller that starts it, for a server may be weeks old. */
export const ENVIRONMENTS: Readonly<Record<Surface, Readonly<Record<VariableClass, Source>>>> = {
  server: { ...PRIVATE, terminal: 'out', login: 'caller', path: 'caller', user: 'caller' },
  pane: { ...PRIVATE, terminal: 'server', login: 'caller', path: 'caller', user: 'server' },
  here: { ...PRIVATE, terminal: 'caller', login: 'caller', path: 'caller', user: 'caller' },
  quiet: { ...PRIVATE, terminal: 'out', login: 'caller', path: 'caller', user: 'caller' },
  watcher: { ...PRIVATE, terminal: 'out', login: 'caller', path: 'caller', user: 'caller' },
};

interface Group {
  readonly of: Exclude<VariableClass, 'user'>;
  /** `*` at the end stands for any ending. */
  readonly names: readonly string[];
  /** The names belong to the class only while one of these is set: otherwise they are the user's own. */
  readonly whileSet?: readonly string[];
}

/** What `git rev-parse --local-env-vars` lists (git 2.39), and what only git sets: in a hook, an alias, `rebase -x` they point at the caller's repository. */
const REPOSITORY: readonly string[] = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_COMMON_DIR',
  'GIT_INDEX_FILE',
  'GIT_INDEX_VERSION',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_QUARANTINE_PATH',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
  'GIT_INTERNAL_SUPER_PREFIX',
  'GIT_GRAFT_FILE',
  'GIT_SHALLOW_FILE',
  'GIT_REPLACE_REF_BASE',
  'GIT_NO_REPLACE_OBJECTS',
  'GIT_LITERAL_PATHSPECS',
  'GIT_GLOB_PATHSPECS',
  'GIT_NOGLOB_PATHSPECS',
  'GIT_ICASE_PATHSPECS',
];

/** Configuration of one git process. GIT_CONFIG_COUNT is also how a user or a tool hands over configuration for good. */
const ONE_RUN = [
  'GIT_CONFIG',
  'GIT_CONFIG_PARAMETERS',
  'GIT_REFLOG_ACTION',
  'GIT_CHERRY_PICK_HELP',
  'GIT_PAGER_IN_USE',
  'GIT_INTERNAL_GETTEXT_TEST_FALLBACKS',
  'GIT_PUSH_OPTION_*',
];

const IN_GIT: readonly string[] = [...REPOSITORY, ...ONE_RUN].filter(
  (name) => !name.includes('PATHSPECS') && !name.includes('*'),
);
const IN_NPM: readonly string[] = ['npm_lifecycle_event', 'npm_execpath', 'npm_command', 'INIT_CWD'];
const IN_TEST: readonly string[] = ['VITEST', 'JEST_WORKER_ID'];

const GROUPS: readonly Group[] = [
  { of: 'repository', names: REPOSITORY },
  { of: 'gitRun', names: ONE_RUN },
  {
    of: 'gitRun',
    names: [
      'GIT_EDITOR',
      'GIT_SEQUENCE_EDITOR',
      'GIT_MERGE_AUTOEDIT',
      'GIT_EXEC_PATH',
      'GIT_AUTHOR_NAME',
      'GIT_AUTHOR_EMAIL',
      'GIT_AUTHOR_DATE',
      'GIT_COMMITTER_NAME',
      'GIT_COMMITTER_EMAIL',
      'GIT_COMMITTER_DATE',
      'GIT_CONFIG_COUNT',
      'GIT_CONFIG_KEY_*',
      'GIT_CONFIG_VALUE_*',
      'GITHEAD_*',
    ],
    whileSet: IN_GIT,
  },
  {
    // With CLAUDE_CODE_CHILD_SESSION a further claude keeps no transcript and no registry file and cannot be resumed (2.1.197).
    of: 'session',
    names: [
      'CLAUDECODE',
      'CLAUDE_CODE_CHILD_SESSION',
      'CLAUDE_CODE_SESSION_ID',
      'CLAUDE_CODE_ENTRYPOINT',
      'CLAUDE_CODE_EXECPATH',
      'CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS',
      'CLAUDE_CODE_MESSAGING_SOCKET',
      'CLAUDE_CODE_SESSION_ACCESS_TOKEN',
      'CLAUDE_CODE_SESSION_KIND',
      'CLAUDE_CODE_SESSION_NAME',
      'CLAUDE_CODE_BRIDGE_CHILD_*',
      'CLAUDE_PID',
      'CLAUDE_PROJECT_DIR',
      'CLAUDE_PLUGIN_ROOT',
      'CLAUDE_PLUGIN_DATA',
      'CLAUDE_ENV_FILE',
      'CLAUDE_EFFORT',
      'AI_AGENT',
      'CLAUDE_TMUX_SESSION_DIR',
      'CLAUDE_TMUX_PORT',
    ],
  },
  {
    of: 'packageRun',
    names: [
      'INIT_CWD',
      'npm_lifecycle_*',
      'npm_package_*',
      'npm_command',
      'npm_execpath',
      'npm_node_execpath',
      'npm_config_user_agent',
      'npm_config_local_prefix',
      'PNPM_SCRIPT_SRC_DIR',
      'BERRY_BIN_FOLDER',
      'PROJECT_CWD',
    ],
  },
  { of: 'packageRun', names: ['npm_*', 'NODE'], whileSet: IN_NPM },
  {
    of: 'process',
    names: [
      'NODE_CHANNEL_FD',
      'NODE_CHANNEL_SERIALIZATION_MODE',
      'NODE_UNIQUE_ID',
      'NODE_V8_COVERAGE',
      'VSCODE_INSPECTOR_OPTIONS',
      'ELECTRON_RUN_AS_NODE',
      'PWD',
      'OLDPWD',
      'SHLVL',
      '_',
    ],
  },
  { of: 'testRun', names: ['VITEST', 'VITEST_*', 'JEST_WORKER_ID', 'TINYPOOL_WORKER_ID'] },
  { of: 'testRun', names: ['NODE_ENV', 'TEST', 'DEV', 'PROD', 'SSR', 'MODE', 'BASE_URL'], whileSet: IN_TEST },
  {
    of: 'terminal',
    names: [
      'TMUX',
      'TMUX_PANE',
      'STY',
      'WINDOW',
      'ZELLIJ',
      'ZELLIJ_*',
      'LINES',
      'COLUMNS',
      'TERMCAP',
      'GPG_TTY',
      'SSH_TTY',
      'TERM_SESSION_ID',
    ],
  },
  {
    of: 'login',
    names: [
      'DISPLAY',
      'WAYLAND_DISPLAY',
      'XAUTHORITY',
      'WINDOWID',
      'DBUS_SESSION_BUS_ADDRESS',
      'SSH_AUTH_SOCK',
      'SSH_AGENT_PID',
      'SSH_ASKPASS',
      'SSH_CONNECTION',
      'SSH_CLIENT',
      'KRB5CCNAME',
      'MSYSTEM',
      'XDG_SESSION_ID',
      'XDG_SESSION_TYPE',
      'XDG_CURRENT_DESKTOP',
      'SWAYSOCK',
      'I3SOCK',
      'HYPRLAND_INSTANCE_SIGNATURE',
    ],
  },
  // What direnv, mise, nix-shell, virtualenv and conda note beside the PATH they made: with another PATH it would be untrue, and direnv would undo the wrong one.
  {
    of: 'path',
    names: [
      'PATH',
      'DIRENV_DIR',
      'DIRENV_FILE',
      'DIRENV_DIFF',
      'DIRENV_WATCHES',
      '__MISE_DIFF',
      '__MISE_SESSION',
      '__MISE_ORIG_PATH',
      '__MISE_WATCH',
      'IN_NIX_SHELL',
      'VIRTUAL_ENV',
      'VIRTUAL_ENV_PROMPT',
      'CONDA_PREFIX',
      'CONDA_DEFAULT_ENV',
      'CONDA_SHLVL',
    ],
  },
];

/** The class of a variable, among these. */
export function classOf(name: string, env: Variables): VariableClass {
  return (
    GROUPS.find((group) => group.names.some((pattern) => matches(name, pattern)) && isOn(group, env))?.of ?? 'user'
  );
}

/** The caller's variables that a program on this surface gets. */
export function childEnvironment(surface: Surface, env: Variables): Record<string, string> {
  const sources = ENVIRONMENTS[surface];
  const kept = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && sources[classOf(name, env)] === 'caller' ? [[name, value] as const] : [],
  );
  return withoutTemporary(withCleanPath(Object.fromEntries(kept), env), env);
}

/** The names of a class that are written out, those with a `*` left away. */
export function namesOf(wanted: VariableClass): readonly string[] {
  return GROUPS.filter(({ of, whileSet }) => of === wanted && whileSet === undefined).flatMap(({ names }) =>
    names.filter((name) => !name.endsWith('*')),
  );
}

/** True for a variable that points git at a repository: none reaches a git that is started here. */
export function isRepositoryVariable(name: string): boolean {
  return REPOSITORY.includes(name);
}

/** What never reaches a pane, for a shell to take out of what the tmux server has: a server may have been started from a git hook, or by an older version. */
export interface Cleaning {
  readonly names: readonly string[];
  /** Taken out only where one of `marks` is set. A `*` at the end stands for any ending. */
  readonly conditional: readonly { readonly marks: readonly string[]; readonly names: readonly string[] }[];
}

export function paneCleaning(): Cleaning {
  const out = GROUPS.filter(({ of }) => ENVIRONMENTS.pane[of] === 'out' && of !== 'process');
  // PWD and SHLVL are the pane's own shell's.
  const own = namesOf('process').filter((name) => /^(NODE|VSCODE|ELECTRON)_/.test(name));
  const always = out.filter(({ whileSet }) => whileSet === undefined).flatMap(({ names }) => names);
  const foreignTerminal = ['STY', 'WINDOW', 'ZELLIJ', 'LINES', 'COLUMNS', 'TERMCAP', 'GPG_TTY', 'SSH_TTY'];
  return {
    names: [...always.filter((name) => !name.endsWith('*')), ...own, ...foreignTerminal],
    conditional: out.flatMap(({ whileSet, names }) => {
      const marks = whileSet ?? names.filter((name) => !name.endsWith('*'));
      const taken = whileSet === undefined ? names.filter((name) => name.endsWith('*')) : names;
      return taken.length === 0 ? [] : [{ marks, names: taken }];
    }),
  };
}

function isOn({ whileSet }: Group, env: Variables): boolean {
  return whileSet === undefined || whileSet.some((name) => env[name] !== undefined);
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Git puts its own programs first on PATH, npm the `.bin` folders of the caller's checkout: in a clone those are the wrong ones. */
function withCleanPath(result: Record<string, string>, env: Variables): Record<string, string> {
  const path = result.PATH;
  if (path === undefined) return result;
  const inGit = IN_GIT.some((name) => env[name] !== undefined);
  const inNpm = IN_NPM.some((name) => env[name] !== undefined);
  const isForeign = (folder: string): boolean =>
    (inGit && (folder === env.GIT_EXEC_PATH || folder.endsWith('/git-core'))) ||
    (inNpm && /^\/.*\/(node_modules\/\.bin|node-gyp-bin)$/.test(folder));
  return {
    ...result,
    PATH: path
      .split(':')
      .filter((folder) => !isForeign(folder))
      .join(':'),
  };
}

/** nix-shell deletes its temporary folder when it ends. */
function withoutTemporary(result: Record<string, string>, env: Variables): Record<string, string> {
  const top = env.NIX_BUILD_TOP;
  if (top === undefined || top === '') return result;
  const gone = ['NIX_BUILD_TOP', 'TMPDIR', 'TMP', 'TEMP', 'TEMPDIR'];
  return Object.fromEntries(Object.entries(result).filter(([name, value]) => !gone.includes(name) || value !== top));
}
