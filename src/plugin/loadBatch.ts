import { BAR_NAMES } from '../bar/names.ts';
import { asFormatPath, asMessage, word } from '../base/tmuxText.ts';
import { shellWord } from '../base/shellText.ts';
import { oneLine } from '../base/text.ts';
import { isOurs, type PluginFacts } from './facts.ts';
import {
  FRAGMENT,
  HOOK_INDEX,
  HOOKS,
  KEYS,
  LOADED,
  OPTIONS,
  PLACEHOLDER,
  SAID,
  SAY_HOOK,
  type KeyAction,
  type KeySpec,
} from './names.ts';

export interface LoadInput {
  readonly facts: PluginFacts;
  /** Folder of run.sh and revive.sh. */
  readonly folder: string;
  /** File in which the watcher of this server names itself. */
  readonly watcherPid: string;
}

export interface LoadBatch {
  /** For `source-file -`. */
  readonly text: string;
  /** The same for what follows when a terminal is attached by then: those that attach later are met by the hooks. */
  readonly whenAttached: string;
  /** A sentence for each thing that was left as it is, for the user. */
  readonly said: readonly string[];
}

/** Everything a load changes. A second load of the same gives the same batch, which changes nothing. */
export function loadBatch(input: LoadInput): LoadBatch {
  const keys = settleKeys(input.facts);
  const lines = [
    ...keys.free.map((key) => `unbind-key -T prefix ${word(key)}`),
    ...keys.bound.map(
      ({ key, spec }) =>
        `bind-key -N ${word(`claude-tmux: ${spec.means}`)} -T prefix ${word(key)} ${BODIES[spec.action](input.folder)}`,
    ),
    ...HOOKS.map((hook) => `set-hook -g ${word(`${hook}[${HOOK_INDEX}]`)} ${word(reviveBody(input))}`),
    ...(isHint(input.facts) ? [`set-environment -gu ${BAR_NAMES.everywhere}`] : []),
    `set-environment -gh ${LOADED} ${word(keys.bound.map(({ key }) => key).join(' '))}`,
    ...placement(input.facts),
    ...sayLater(input.facts, keys.said),
  ];
  const attached = [`run-shell -b ${word(revive(input))}`, ...sayNow(input.facts, keys.said)];
  return { text: asText(lines), whenAttached: asText(attached), said: keys.said };
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

interface SettledKeys {
  readonly bound: readonly { readonly key: string; readonly spec: KeySpec }[];
  /** Bound by an earlier load, and not wanted any more. */
  readonly free: readonly string[];
  readonly said: readonly string[];
}

function settleKeys({ bindings, options }: PluginFacts): SettledKeys {
  const bound: { key: string; spec: KeySpec }[] = [];
  const said: string[] = [];
  for (const spec of KEYS) {
    const key = options[spec.option] ?? spec.key;
    if (key === 'none') continue;
    const before = bindings[key];
    const twice = bound.find((other) => other.key === key);
    if (before === undefined) said.push(`${spec.option}: tmux knows no key "${key}"`);
    else if (twice) said.push(`${spec.option}: the key "${key}" is that of ${twice.spec.option} already`);
    else if (before !== null && !isOurs(before))
      said.push(
        `${spec.option}: the key "${key}" does something else already and is left alone; name another one, or none`,
      );
    else bound.push({ key, spec });
  }
  const kept = bound.map(({ key }) => key);
  return { bound, free: Object.keys(bindings).filter((key) => isOurs(bindings[key]) && !kept.includes(key)), said };
}

/** Bodies are one command each. `run-shell` expands its text as a format and hands it to sh; a popup does not, and takes the user's shell. */
const BODIES: Readonly<Record<KeyAction, (folder: string) => string>> = {
  next: (folder) => `run-shell -b ${word(`${asFormatPath(run(folder))} plugin next #{q:client_name} ${QUIETLY}`)}`,
  menu: (folder) => `run-shell -b ${word(`${asFormatPath(run(folder))} plugin menu #{q:client_name} ${QUIETLY}`)}`,
  dashboard: (folder) => `display-popup -E -w 90% -h 85% ${word(`exec ${run(folder)} plugin dashboard`)}`,
};

/** What a `run-shell` prints, and that it ended with another code than 0, covers the pane in front (3.3a). */
export const QUIETLY = '>/dev/null || :';

function run(folder: string): string {
  return `sh ${shellWord(`${folder}/run.sh`)}`;
}

function revive({ folder, watcherPid }: LoadInput): string {
  return asFormatPath(`sh ${shellWord(`${folder}/revive.sh`)} ${shellWord(watcherPid)} ${QUIETLY}`);
}

/** Editors and iTerm2 attach in control mode, have no bar, and ask for no watcher. */
function reviveBody(input: LoadInput): string {
  return `if-shell -F '#{client_control_mode}' '' ${word(`run-shell -b ${word(revive(input))}`)}`;
}

/** Nobody is attached while the configuration is read: the first who attaches is told, and the same is not told again at each reload. */
function sayLater({ variables }: PluginFacts, said: readonly string[]): readonly string[] {
  if (said.length === 0) return variables[SAID] === undefined ? [] : [`set-environment -gu ${SAID}`];
  if (isKnown(variables, said)) return [];
  return [
    `set-environment -gh ${SAID} ${word(sentence(said))}`,
    `set-hook -g ${word(SAY_HOOK)} ${word(`${message(said)} ; set-hook -gu ${word(SAY_HOOK)}`)}`,
  ];
}

function sayNow({ variables }: PluginFacts, said: readonly string[]): readonly string[] {
  return said.length === 0 || isKnown(variables, said) ? [] : [`set-hook -gu ${word(SAY_HOOK)}`, message(said)];
}

function isKnown(variables: PluginFacts['variables'], said: readonly string[]): boolean {
  return variables[SAID] === sentence(said);
}

function message(said: readonly string[]): string {
  return `display-message -d 6000 ${word(asMessage(`claude-tmux: ${sentence(said)}`))}`;
}

function sentence(said: readonly string[]): string {
  return oneLine(said.join('; '));
}

/** plugin.sh puts its hint where the bar will be; what the watcher puts there is a selector, and is not touched. */
function isHint({ variables }: PluginFacts): boolean {
  return variables[BAR_NAMES.everywhere]?.startsWith('claude-tmux: ') === true;
}

function placement({ options, statusRight, placedElsewhere }: PluginFacts): readonly string[] {
  if (options[OPTIONS.auto] === 'off') return withoutFragment(statusRight);
  if (placedElsewhere || statusRight.includes(PLACEHOLDER)) return [];
  return [`set-option -g status-right ${word(FRAGMENT + statusRight)}`];
}

/** The line that takes our fragment out of `status-right`, wherever others have moved it; none when it is not there. */
export function withoutFragment(statusRight: string): readonly string[] {
  return statusRight.includes(FRAGMENT)
    ? [`set-option -g status-right ${word(statusRight.replace(FRAGMENT, ''))}`]
    : [];
}
