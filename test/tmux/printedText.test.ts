import { expect, test } from 'vitest';
import { printedText } from '../../src/tmux/printedText.ts';

test.each([
  { printed: String.raw`#(echo \$HOME \${USER} \$_x)`, is: '#(echo $HOME ${USER} $_x)' },
  { printed: 'S $0 costs $5 and $', is: 'S $0 costs $5 and $' },
  // The option holds a backslash of its own: tmux 3.4 does not double that one.
  { printed: String.raw`\\$HOME`, is: String.raw`\$HOME` },
])('what tmux 3.4 prints as $printed is $is; other versions mean what they print', ({ printed, is }) => {
  expect(printedText(printed, '3.4')).toBe(is);
  for (const version of ['3.2a', '3.3a', '3.4a', '3.5', 'next-3.8'])
    expect(printedText(printed, version)).toBe(printed);
});
