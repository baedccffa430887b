import { word } from '../base/tmuxText.ts';
import { recordedKeys, type PluginFacts } from '../plugin/facts.ts';
import { BUILD_KEY, HOOK_INDEX, KEYS, LOADED, OPTIONS, PLACEHOLDER, SAY_HOOK, WATCH_HOOK_INDEX } from '../plugin/names.ts';
import { askServer } from './askServer.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** Reads what the plugin finds, in two processes; null when no server runs. */
export async function readPlugin(server: TmuxServer, env: Environment): Promise<PluginFacts | null> {
  const names = [OPTIONS.auto, ...KEYS.map(({ option }) => option)];
  const answers = await askServer(server, [...names.map((name) => `show-options -gqv ${word(name)}`), ...QUERIES], env);
  if (answers === null) return null;
  const [statusRight = '', options = '', hidden = '', hooks = '', windowHooks = ''] = answers.printed.slice(names.length);
  const wanted = Object.fromEntries(names.map((name, at): [string, string] => [name, answers.printed[at] ?? '']).filter(([, value]) => value !== ''));
  const variables = parseVariables(hidden);
  const keys = [...new Set([...KEYS.map(({ option, key }) => wanted[option] ?? key), ...KEYS.map(({ key }) => key), ...recordedKeys(variables[LOADED]), BUILD_KEY])];
  return {
    options: wanted,
    statusRight,
    placedElsewhere: options.split('\n').some((line) => line.includes(PLACEHOLDER) && !line.startsWith('status-right ')),
    bindings: await readBindings(server, keys, env),
    variables,
    hooks: parseHooks(`${hooks}\n${windowHooks}`),
  };
}

const QUERIES = ['show-options -gv status-right', 'show-options -g', 'show-environment -gh', 'show-hooks -g', 'show-hooks -gw'];

/** `list-keys` prints nothing for a key that is free, and says `invalid key` of what is none: that one is left out. */
async function readBindings(server: TmuxServer, keys: readonly string[], env: Environment): Promise<PluginFacts['bindings']> {
  const answers = await askServer(server, keys.map((key) => `list-keys -T prefix ${word(key)}`), env);
  const known = keys.map((key, at): [string, string | null] => [key, answers?.printed[at] || null]);
  return Object.fromEntries(known.filter(([key]) => answers?.stderr.includes(`invalid key: ${key}\n`) !== true));
}

function parseVariables(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/^(claude_tmux\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]));
}

/** `client-attached[9138] if-shell …` */
function parseHooks(text: string): readonly string[] {
  const ours = (hook: string): boolean => hook === SAY_HOOK || hook.endsWith(`[${HOOK_INDEX}]`) || hook.endsWith(`[${WATCH_HOOK_INDEX}]`);
  return [...text.matchAll(/^([a-z-]+\[\d+\]) /gm)].map(([, hook = '']) => hook).filter(ours);
}

/** True when a terminal is attached. Control-mode clients (an editor, iTerm2) are none, and without a session tmux 3.3a has `no current target`. */
export async function hasTerminal(server: TmuxServer, env: Environment): Promise<boolean> {
  const { stdout } = await runTmux(server, ['list-clients', '-F', '#{client_control_mode}'], { env });
  return stdout.split('\n').includes('0');
}
