import { expect, test } from 'vitest';
import { messageTo } from '../../src/plugin/messageTo.ts';
import { readSources } from '../support/sources.ts';

test('a message to one client names it, but on tmux 3.2a, which would take the name for the message', () => {
  expect(messageTo('/dev/pts/3', 'api: 50 % #(id)').split('\n')).toEqual([
    "%if '#{m:3.2*,#{version}}'",
    "display-message 'api: 50 %% ##(id)'",
    '%else',
    "display-message -c /dev/pts/3 'api: 50 %% ##(id)'",
    '%endif',
    '',
  ]);
});

test('nothing else shows a message to a client by its name', () => {
  const others = readSources().filter(
    ({ path, text }) => path !== 'plugin/messageTo.ts' && /display-message(',)? '?-c/.test(text),
  );
  expect(others.map(({ path }) => path)).toEqual([]);
});
