import { oneLine } from './text.ts';

/**
 * The one place where text is made safe for tmux. Facts measured on tmux 3.3a:
 * every argument that tmux expands as a format (-s -n -c -T -F, menu items …) RUNS `#(…)`; doubling `#` is lossless in all of them.
 */

/**
 * A name that tmux expands once, stores and later draws: shown literally, runs nothing. Cut before escaping, never after.
 * Before `[` the doubled `#` stay doubled in what is stored; drawing takes them back, and so the name styles nothing either.
 */
export function asFormat(text: string): string {
  return oneLine(text).replaceAll('#', '##');
}

/** A message: tmux also expands the `%` of strftime in it. */
export function asMessage(text: string): string {
  return asFormat(text).replaceAll('%', '%%');
}

/** A path that tmux expands once and uses: exactly that path again. tmux leaves every `#` before `[` as it is, so these are not doubled. */
export function asFormatPath(path: string): string {
  return path.replace(/#+(?![#[])/g, (run) => run + run);
}

/** Finished tmux text as the output of a `#()`, which tmux expands once more (without jobs) before it draws it: only styles are left to be read. */
export function asJobOutput(text: string): string {
  return asFormatPath(text);
}

/**
 * One word of a `source-file` text, always on one line. Line ends go between double quotes as escapes: tmux joins a line
 * that ends in a backslash to the next one even inside single quotes. NUL cannot be in an argument and is dropped.
 */
export function word(text: string): string {
  if (/^[A-Za-z0-9_./@:,-]+$/.test(text)) return text;
  const quoted = text
    .replaceAll('\u0000', '')
    .replaceAll("'", `'\\''`)
    .replaceAll('\n', `'"\\n"'`)
    .replaceAll('\r', `'"\\r"'`);
  return `'${quoted}'`;
}

/** A tmux session name that every target reads back as itself: letters, digits, `_` and `-`, not starting with `-`, never empty. */
export function sessionName(name: string): string {
  return (
    name
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^-+/, '')
      .slice(0, 64) || 'claude-tmux'
  );
}
