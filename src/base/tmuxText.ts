import { oneLine } from './text.ts';

/**
 * The one place where text is made safe for tmux. Facts measured on tmux 3.3a:
 * every argument that tmux expands as a format (-s -n -c -T -F, menu items …) RUNS `#(…)`; doubling `#` is lossless in all of them.
 */

/** Text that tmux will treat as a format: shown literally, runs nothing. Cut before escaping, never after. */
export function asFormat(text: string): string {
  return oneLine(text).replaceAll('#', '##');
}

/** One word of a `source-file` text. Newlines inside are kept by tmux's own quoting rules. */
export function word(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A tmux session name that every target reads back as itself: letters, digits, `_` and `-`, not starting with `-`, never empty. */
export function sessionName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^-+/, '').slice(0, 64) || 'claude-tmux';
}
