/**
 * What a server meant by `text` that it printed. tmux 3.4 alone puts a backslash before each `$` that a name or `{` follows
 * (utf8.c; 3.5 does so in quotes only), in everything it prints: written back like that, an option is damaged.
 */
export function printedText(text: string, version: string): string {
  return version === '3.4' ? text.replace(/\\(\$[A-Za-z_{])/g, '$1') : text;
}
