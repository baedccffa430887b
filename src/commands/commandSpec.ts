import type { Context } from '../apply/context.ts';
import type { Names, OptionSpec } from './globalOptions.ts';

export type Options = Readonly<Record<string, string | boolean | undefined>>;
export type Run = (context: Context, args: readonly string[], options: Options) => Promise<number>;

/** One command: help, the README's table and shell completion are derived from this. */
export interface CommandSpec {
  readonly name: string;
  /** Positional arguments in commander's form: `[layout] [task]`. */
  readonly args: string;
  readonly summary: string;
  readonly group: 'Fleets' | 'Layouts' | 'Sessions' | 'Other';
  readonly options: readonly OptionSpec[];
  /** What the first argument is (each, where there may be several), for completion: names, or one of a few words. */
  readonly completes?: Names | readonly string[];
  /** Not shown in help, README or completion. */
  readonly hidden?: boolean;
  /** False for what has nothing to do with fleets; every other command starts the watchers that were killed. */
  readonly revives?: boolean;
  /** Imports the use case when it runs: a command's imports cost nothing to the others. */
  load(): Promise<Run>;
}

export const JSON_OPTION: OptionSpec = { flags: '--json', help: 'print the result as JSON' };
export const YES: OptionSpec = { flags: '-y, --yes', help: 'answer every question with yes' };
export const FLEET: OptionSpec = {
  flags: '-f, --fleet <fleet>',
  help: 'the fleet, when there are several',
  completes: 'fleet',
};
