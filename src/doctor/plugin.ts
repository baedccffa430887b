import type { PluginFacts } from '../plugin/facts.ts';
import { HOOK_INDEX, HOOKS, LOADED, OPTIONS, PLACEHOLDER, SAID } from '../plugin/names.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

/** The plugin in the server; `facts` and `program` are null where they were not asked for. */
export interface PluginReading {
  readonly facts: PluginFacts | null;
  /** What its scripts find. */
  readonly program: FoundProgram | null;
  /** Version of this program. */
  readonly own: string;
}

export interface FoundProgram {
  /** Null when they find none. */
  readonly path: string | null;
  /** Its version; null when it does not start, or is something else. */
  readonly version: string | null;
}

export function pluginFindings({ facts, program, own }: PluginReading): readonly Finding[] {
  if (facts === null) return [];
  const loaded = facts.variables[LOADED];
  if (loaded === undefined)
    return [
      note(
        'plugin',
        'the tmux plugin is not loaded in this server: a fleet has its own line all the same, other sessions have no bar and no keys',
        'docs/plugin.md says how it is installed',
      ),
    ];
  if (loaded === 'hint')
    return [
      wrong(
        'plugin',
        'the tmux plugin was loaded, and found no program that starts',
        'press the key that the bar names, or install claude-tmux and load your tmux configuration again',
      ),
    ];
  return [
    ok('plugin', `the tmux plugin is loaded${loaded === '' ? ', without keys' : `; its keys are ${loaded}`}`),
    ...hookFindings(facts),
    ...programFindings(program, own),
    ...keyFindings(facts),
    ...placeFindings(facts),
  ];
}

function hookFindings({ hooks }: PluginFacts): readonly Finding[] {
  const missing = HOOKS.map((hook) => `${hook}[${HOOK_INDEX}]`).filter((hook) => !hooks.includes(hook));
  return missing.length === 0
    ? []
    : [
        wrong(
          'plugin-hooks',
          `the plugin's hooks ${missing.join(' and ')} are gone, so nobody starts a watcher that was killed`,
          'load your tmux configuration again',
        ),
      ];
}

function programFindings(program: FoundProgram | null, own: string): readonly Finding[] {
  if (program === null) return [];
  if (program.path === null)
    return [
      wrong(
        'plugin-program',
        'the plugin finds no program, so its keys do nothing',
        `put claude-tmux on tmux's PATH, or name it: tmux set -g ${OPTIONS.program} PATH`,
      ),
    ];
  if (program.version === null)
    return [
      wrong(
        'plugin-program',
        `the plugin's program "${program.path}" does not say which claude-tmux it is`,
        'run it in a pane and read what it says',
      ),
    ];
  if (program.version !== own)
    return [
      wrong(
        'plugin-program',
        `the plugin's program "${program.path}" is version ${program.version}, this one is ${own}: they take each other's watcher and files for foreign`,
        `update the older one, or name this one: tmux set -g ${OPTIONS.program} PATH`,
      ),
    ];
  return [ok('plugin-program', `the plugin's program is "${program.path}", version ${program.version}`)];
}

function keyFindings({ variables }: PluginFacts): readonly Finding[] {
  const said = variables[SAID];
  return said === undefined
    ? []
    : [
        note(
          'plugin-keys',
          said,
          'name other keys in these options before the plugin is loaded, or `unbind` the ones in use',
        ),
      ];
}

function placeFindings({ options, statusRight, placedElsewhere }: PluginFacts): readonly Finding[] {
  if (placedElsewhere || statusRight.includes(PLACEHOLDER))
    return [ok('bar-place', `the bar has its place: ${PLACEHOLDER}`)];
  if (options[OPTIONS.auto] === 'off')
    return [
      note(
        'bar-place',
        `${OPTIONS.auto} is off and no option holds ${PLACEHOLDER}, so only a fleet's own line shows the sessions`,
        `put ${PLACEHOLDER} into status-right or status-left`,
      ),
    ];
  return [
    wrong(
      'bar-place',
      `the plugin is loaded, but no option holds ${PLACEHOLDER} any more: something that was loaded later has replaced status-right`,
      `load the theme before the plugin, or put ${PLACEHOLDER} into its status-right`,
    ),
  ];
}
