/**
 * The line that `list-keys` prints for a key of the prefix table; null when the key is free. `key` is written as the user
 * wrote it (`c-x`, `^x`, `IC`), tmux prints its own form (`C-x`, `Insert`).
 */
export function bindingOf(key: string, listing: string): string | null {
  const wanted = canonical(key);
  return listing.split('\n').find((line) => canonical(keyOf(line)) === wanted) ?? null;
}

/** `bind-key -r -T prefix  "M-Up"  resize-pane -U`, with the key quoted or escaped where it must be; '' for another line. */
function keyOf(line: string): string {
  const [, key = ''] = /^bind-key +(?:-r +)?-T prefix +("(?:\\.|[^"])*"|'[^']*'|\S+) /.exec(line) ?? [];
  const inner = /^(["'])(.*)\1$/.exec(key)?.[2] ?? key;
  return inner.replace(/\\(.)/g, '$1');
}

/** Modifiers and names count in either case (key-string.c), a single character does not. */
function canonical(key: string): string {
  const caret = /^\^(.)$/.exec(key)?.[1];
  if (caret !== undefined) return canonical(`C-${caret}`);
  const [, modifiers = '', name = ''] = /^((?:[cms]-)*)(.*)$/is.exec(key) ?? [];
  const letters = [...new Set(modifiers.toLowerCase().replaceAll('-', ''))].sort().join('');
  // With Control a letter's case is lost on the way through a terminal, and tmux makes it a small one.
  const isNamed = name.length > 1 || letters.includes('c');
  const lower = isNamed ? name.toLowerCase() : name;
  return `${letters}-${ALIASES[lower] ?? lower}`;
}

const ALIASES: Readonly<Record<string, string>> = {
  insert: 'ic',
  delete: 'dc',
  pagedown: 'npage',
  pgdn: 'npage',
  pageup: 'ppage',
  pgup: 'ppage',
};
