import { word } from '../base/tmuxText.ts';
import { recordedKeys, type PluginFacts } from '../plugin/facts.ts';
import {
  BUILD_KEY,
  HOOK_INDEX,
  KEYS,
  LOADED,
  OPTIONS,
  PLACEHOLDER,
  SAY_HOOK,
  WATCH_HOOK_INDEX,
} from '../plugin/names.ts';
import { askServer } from './askServer.ts';
import { bindingOf } from './keyBindings.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** Reads what the plugin finds, in two processes; null when no server runs. */
export async function readPlugin(server: TmuxServer, env: Environment): Promise<PluginFacts | null> {
  const names = [OPTIONS.auto, ...KEYS.map(({ option }) => option)];
  const answers = await askServer(server, [...names.map((name) => `show-options -gqv ${word(name)}`), ...QUERIES], env);
  if (answers === null) return null;
  const [statusRight = '', options = '', hidden = '', hooks = '', windowHooks = '', bound = ''] = answers.printed.slice(
    names.length,
  );
  const wanted = Object.fromEntries(
    names.map((name, at): [string, string] => [name, answers.printed[at] ?? '']).filter(([, value]) => value !== ''),
  );
  const variables = parseVariables(hidden);
  const keys = [
    ...new Set([
      ...KEYS.map(({ option, key }) => wanted[option] ?? key),
      ...KEYS.map(({ key }) => key),
      ...recordedKeys(variables[LOADED]),
      BUILD_KEY,
    ]),
  ];
  return {
    options: wanted,
    statusRight,
    placedElsewhere: options
      .split('\n')
      .some((line) => line.includes(PLACEHOLDER) && !line.startsWith('status-right ')),
    bindings: await readBindings(server, { keys, bound }, env),
    variables,
    hooks: parseHooks(`${hooks}\n${windowHooks}`),
  };
}

const QUERIES = [
  'show-options -gv status-right',
  'show-options -g',
  'show-environment -gh',
  'show-hooks -g',
  'show-hooks -gw',
  'list-keys',
];

/**
 * What each key does; null for one that is free. What tmux does not take for a key is left out: `list-keys` says
 * `invalid key` of it. A key that is bound is never asked for alone: tmux 3.7 shows a single match to the user
 * instead of printing it.
 */
async function readBindings(server: TmuxServer, wanted: Wanted, env: Environment): Promise<PluginFacts['bindings']> {
  const { keys, bound } = wanted;
  const free = keys.filter((key) => bindingOf(key, bound) === null);
  const answers =
    free.length === 0
      ? null
      : await askServer(
          server,
          free.map((key) => `list-keys -T prefix ${word(key)}`),
          env,
        );
  const isKey = (key: string): boolean => answers?.stderr.includes(`invalid key: ${key}\n`) !== true;
  return Object.fromEntries(keys.filter(isKey).map((key) => [key, bindingOf(key, bound)]));
}

interface Wanted {
  readonly keys: readonly string[];
  /** What `list-keys` prints of all keys. */
  readonly bound: string;
}

function parseVariables(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/^(claude_tmux\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** `client-attached[9138] if-shell …` */
function parseHooks(text: string): readonly string[] {
  const ours = (hook: string): boolean =>
    hook === SAY_HOOK || hook.endsWith(`[${HOOK_INDEX}]`) || hook.endsWith(`[${WATCH_HOOK_INDEX}]`);
  return [...text.matchAll(/^([a-z-]+\[\d+\]) /gm)].map(([, hook = '']) => hook).filter(ours);
}

/** True when a terminal is attached. Control-mode clients (an editor, iTerm2) are none, and without a session tmux 3.3a has `no current target`. */
export async function hasTerminal(server: TmuxServer, env: Environment): Promise<boolean> {
  const { stdout } = await runTmux(server, ['list-clients', '-F', '#{client_control_mode}'], { env });
  return stdout.split('\n').includes('0');
}
