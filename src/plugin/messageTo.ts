import { asMessage, word } from '../base/tmuxText.ts';

/**
 * Lines that show a text to one client. To tmux 3.2a `-c` of `display-message` is a flag without a value (cmd-display-message.c,
 * fixed in 3.3): there the client that was used last gets it, which is the one that pressed the key.
 */
export function messageTo(client: string, text: string): string {
  const message = word(asMessage(text));
  return [
    "%if '#{m:3.2*,#{version}}'",
    `display-message ${message}`,
    '%else',
    `display-message -c ${word(client)} ${message}`,
    '%endif',
    '',
  ].join('\n');
}
