import { word } from '../base/tmuxText.ts';
import { isOurs, type PluginFacts } from './facts.ts';
import { withoutFragment } from './loadBatch.ts';

/**
 * The lines for `source-file -` that take everything of the plugin out again: keys, hooks, the fragment, the variables.
 * Afterwards options, hooks and keys are what they would be had it never been loaded, whatever others have changed since.
 */
export function unloadBatch({ bindings, hooks, statusRight, variables }: PluginFacts): string {
  const keys = Object.keys(bindings).filter((key) => isOurs(bindings[key]));
  const lines = [
    ...keys.map((key) => `unbind-key -T prefix ${word(key)}`),
    ...hooks.map((hook) => `set-hook -gu ${word(hook)}`),
    ...withoutFragment(statusRight),
    ...Object.keys(variables).map((name) => `set-environment -gu ${word(name)}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
