import { mkdtemp, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { endTmuxServersIn } from './tmuxServers.ts';

export type Environment = Readonly<Record<string, string>>;

/** A temporary folder with a home of its own. Everything a test starts gets `env` and nothing else. */
export interface Sandbox {
  /** Real path, short enough for a tmux socket (107 bytes). */
  readonly root: string;
  readonly home: string;
  /** A whole environment: HOME, XDG_*, TMPDIR, TMUX_TMPDIR and git's settings lie inside `root`; no TMUX, no CLAUDE*. */
  readonly env: Environment;
  /** A path inside `root`. */
  path(...parts: string[]): string;
  /** Ends every tmux server whose socket lies in the sandbox, then deletes it. */
  dispose(): Promise<void>;
}

/** Makes a sandbox; `dispose()` it in `afterEach` or `afterAll`. */
export async function makeSandbox(): Promise<Sandbox> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'ct-')));
  const path = (...parts: string[]) => join(root, ...parts);
  const env = environment(path);
  for (const key of [
    'HOME',
    'TMPDIR',
    'TMUX_TMPDIR',
    'XDG_CONFIG_HOME',
    'XDG_STATE_HOME',
    'XDG_CACHE_HOME',
    'XDG_DATA_HOME',
    'XDG_RUNTIME_DIR',
  ] as const) {
    await mkdir(env[key], { recursive: true, mode: 0o700 });
  }
  await writeFile(env.GIT_CONFIG_GLOBAL, GIT_CONFIG);
  return { root, home: env.HOME, env, path, dispose: () => dispose(root, env.TMUX_TMPDIR) };
}

const GIT_CONFIG = `[user]
	name = Sandbox User
	email = sandbox@example.invalid
[init]
	defaultBranch = main
[protocol "file"]
	allow = always
[gc]
	auto = 0
[maintenance]
	auto = false
`;

function environment(path: Sandbox['path']) {
  return {
    PATH: process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: path('home'),
    USER: userInfo().username,
    LOGNAME: userInfo().username,
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    TMPDIR: path('tmp'),
    TMUX_TMPDIR: path('tmux'),
    XDG_CONFIG_HOME: path('home', '.config'),
    XDG_STATE_HOME: path('home', '.local', 'state'),
    XDG_DATA_HOME: path('home', '.local', 'share'),
    XDG_CACHE_HOME: path('home', '.cache'),
    XDG_RUNTIME_DIR: path('run'),
    GIT_CONFIG_GLOBAL: path('home', '.gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
}

async function dispose(root: string, tmuxFolder: string): Promise<void> {
  await endTmuxServersIn([root, tmuxFolder]);
  // Retried: a program that was just ended may still write its last file.
  await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
