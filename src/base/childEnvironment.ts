import { type VariableClass, type Group, REPOSITORY, IN_GIT, IN_NPM, GROUPS } from './environmentNames.ts';
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
