import { lstatSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { isRepositoryVariable } from '../../base/childEnvironment.ts';
import { characterLocale } from '../../base/locale.ts';
import type { Env } from '../../store/paths.ts';

/**
 * What a git is started for. `ask` only reads: it takes no lock, and nothing that it would run by the way (a hook, a file-system monitor) is
 * any use to it. `config` asks for settings, which are read as they stand. `act` changes something. `terminal` may talk with the user. `show` prints its result where the user reads it.
 */
export type GitMode = 'ask' | 'config' | 'act' | 'terminal' | 'show';

export interface GitSetup {
  /** Arguments before the command. */
  readonly settings: readonly string[];
  readonly env: Record<string, string>;
}

interface GitTarget {
  readonly mode: GitMode;
  readonly cwd: string;
  readonly env: Env;
  readonly set?: Readonly<Record<string, string>>;
}

/** The one place that says with which settings and in which environment a git of ours runs. */
export function gitSetup({ mode, cwd, env, set = {} }: GitTarget): GitSetup {
  const within = belowCeiling(cwd, env);
  return { settings: SETTINGS[mode], env: { ...ENVIRONMENTS[mode](within), ...set } };
}

const SETTINGS: Readonly<Record<GitMode, readonly string[]>> = {
  ask: [
    '--no-optional-locks',
    '--no-pager',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'log.showSignature=false',
  ],
  config: ['--no-optional-locks', '--no-pager'],
  // gc may delete what another git is just linking to, and runs programs of its own.
  act: ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  terminal: ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'],
  show: [],
};

const ENVIRONMENTS: Readonly<Record<GitMode, (env: Env) => Record<string, string>>> = {
  ask: gitEnvironment,
  config: gitEnvironment,
  act: gitEnvironment,
  terminal: askingEnvironment,
  show: withoutRepository,
};

/**
 * Git speaks English (its words are matched and shown) in the user's character set, pages nothing, and asks nothing: an empty GIT_ASKPASS
 * ends git's search for a program to ask with.
 */
function gitEnvironment(env: Env): Record<string, string> {
  const result = withoutRepository(env);
  const characters = characterLocale(env);
  delete result.LC_ALL;
  delete result.LANGUAGE;
  if (characters !== '') result.LC_CTYPE = characters;
  return {
    ...result,
    LC_MESSAGES: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_PAGER: 'cat',
    GIT_EDITOR: 'true',
    GIT_SEQUENCE_EDITOR: 'true',
  };
}

function withoutRepository(env: Env): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !isRepositoryVariable(name)) result[name] = value;
  }
  return result;
}

/** The same, but git may ask for credentials: on the terminal, or with the program the user has set for it. */
function askingEnvironment(env: Env): Record<string, string> {
  const result = gitEnvironment(env);
  for (const name of ['GIT_TERMINAL_PROMPT', 'GIT_ASKPASS'] as const) {
    const value = env[name];
    if (value === undefined) Reflect.deleteProperty(result, name);
    else result[name] = value;
  }
  return result;
}

/**
 * `env` for a git that acts in `cwd`: where that holds a `.git`, git may not climb above it. A `.git` that git does not accept (a HEAD
 * that a full disk cut short) is no repository to it, and it would take the next one above, a home folder kept in git, for the clone
 * (git 2.39). A subfolder, which has no `.git`, still leads to its repository.
 */
function belowCeiling(cwd: string, env: Env): Env {
  const real = realRoot(cwd);
  if (real === null) return env;
  // git compares with the folder it finds itself in, links resolved; what the user has set holds as well.
  const ceilings = [dirname(real), ...(env.GIT_CEILING_DIRECTORIES ? [env.GIT_CEILING_DIRECTORIES] : [])];
  return { ...env, GIT_CEILING_DIRECTORIES: ceilings.join(delimiter) };
}

/** The folder with its links resolved; null when it holds no `.git`, or cannot be looked at. */
function realRoot(cwd: string): string | null {
  try {
    return lstatSync(join(cwd, '.git'), { throwIfNoEntry: false }) === undefined ? null : realpathSync.native(cwd);
  } catch {
    return null;
  }
}

/** Further configuration for one git process, through the environment: values (tokens) are never seen in a process list. git >= 2.31. */
export function withConfig(env: Env, entries: readonly ConfigEntry[]): Env {
  const before = Number(env.GIT_CONFIG_COUNT ?? '0') || 0;
  const result: Record<string, string | undefined> = { ...env };
  for (const [index, { key, value }] of entries.entries()) {
    result[`GIT_CONFIG_KEY_${before + index}`] = key;
    result[`GIT_CONFIG_VALUE_${before + index}`] = value;
  }
  return entries.length === 0 ? env : { ...result, GIT_CONFIG_COUNT: String(before + entries.length) };
}

/** One line of git configuration: `user.email`, `remote.My Fork.url`. */
export interface ConfigEntry {
  readonly key: string;
  readonly value: string;
}
