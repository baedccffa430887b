import { GLOBAL_OPTIONS, type OptionSpec } from './globalOptions.ts';
import type { CommandSpec } from './commandSpec.ts';

/** `-f, --fleet <fleet>`: `-f` and `--fleet`. */
export function flagsOf({ flags }: OptionSpec): string[] {
  return flags.match(/--?[a-z-]+/gi) ?? [];
}

export function takesValue({ flags }: OptionSpec): boolean {
  return flags.includes('<');
}

export function allOptions(spec: CommandSpec): readonly OptionSpec[] {
  return [...spec.options, ...GLOBAL_OPTIONS];
}

/** `[sessions...]`: every argument is of the kind of the first. */
export function takesSeveral({ args }: CommandSpec): boolean {
  return /^.[a-z]+\.\.\./.test(args);
}
