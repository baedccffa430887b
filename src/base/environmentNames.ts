export type VariableClass =
  'repository' | 'gitRun' | 'session' | 'packageRun' | 'process' | 'testRun' | 'terminal' | 'login' | 'path' | 'user';

export interface Group {
  readonly of: Exclude<VariableClass, 'user'>;
  /** `*` at the end stands for any ending. */
  readonly names: readonly string[];
  /** The names belong to the class only while one of these is set: otherwise they are the user's own. */
  readonly whileSet?: readonly string[];
}

/** What `git rev-parse --local-env-vars` lists (git 2.39), and what only git sets: in a hook, an alias, `rebase -x` they point at the caller's repository. */
export const REPOSITORY: readonly string[] = [
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

export const IN_GIT: readonly string[] = [...REPOSITORY, ...ONE_RUN].filter(
  (name) => !name.includes('PATHSPECS') && !name.includes('*'),
);

export const IN_NPM: readonly string[] = ['npm_lifecycle_event', 'npm_execpath', 'npm_command', 'INIT_CWD'];

const IN_TEST: readonly string[] = ['VITEST', 'JEST_WORKER_ID'];

export const GROUPS: readonly Group[] = [
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
