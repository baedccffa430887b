import type { Env } from '../store/paths.ts';

/** What `git rev-parse --local-env-vars` lists, less the ways to hand over configuration: inside a hook these point at another repository. */
const REPOSITORY_VARIABLES = [
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

/** True for a variable that points git at a repository: none reaches a git that is started here. */
export function isRepositoryVariable(name: string): boolean {
  return REPOSITORY_VARIABLES.includes(name);
}

/**
 * The environment git runs in: acts on the repository it is pointed at, speaks English (its words are matched and shown),
 * keeps the user's character set, pages nothing, and asks nothing: an empty GIT_ASKPASS ends git's search for a program to ask with.
 * `set` is laid over it.
 */
export function gitEnvironment(env: Env, { set = {} }: { readonly set?: Readonly<Record<string, string>> } = {}): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !isRepositoryVariable(name)) result[name] = value;
  }
  const characters = env.LC_ALL || env.LC_CTYPE || env.LANG;
  delete result.LC_ALL;
  delete result.LANGUAGE;
  if (characters) result.LC_CTYPE = characters;
  return { ...result, LC_MESSAGES: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', GIT_PAGER: 'cat', GIT_EDITOR: 'true', ...set };
}

/** The same, but git may ask for credentials: on the terminal, or with the program the user has set for it. */
export function askingEnvironment(env: Env): Record<string, string> {
  const result = gitEnvironment(env);
  for (const name of ['GIT_TERMINAL_PROMPT', 'GIT_ASKPASS'] as const) {
    const value = env[name];
    if (value === undefined) Reflect.deleteProperty(result, name);
    else result[name] = value;
  }
  return result;
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
