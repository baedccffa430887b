import { GLOBAL_OPTIONS } from '../commands/globalOptions.ts';

/**
 * The word that names the command: the first one, behind options that every command takes and their values. Null when there is none,
 * or an option stands before it that is not one of these (`--help`): what that means is for the parser to say.
 */
export function commandWord(args: readonly string[]): string | null {
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (!word.startsWith('-')) return word;
    if (!VALUED.has(word)) return null;
    at++;
  }
  return null;
}

/** `-L`, `--socket-name`: with the value as the next word. */
const VALUED: ReadonlySet<string> = new Set(
  GLOBAL_OPTIONS.flatMap(({ flags }) => flags.replace(/ <.*$/, '').split(', ')),
);
