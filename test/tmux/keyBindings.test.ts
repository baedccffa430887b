import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindingOf } from '../../src/tmux/keyBindings.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let tmux: PrivateTmux;

beforeAll(async () => {
  sandbox = await makeSandbox();
  tmux = startTmux(sandbox);
  await tmux.run('new-session', '-d');
});
afterAll(() => sandbox.dispose());

test.each([
  'N',
  'n',
  ';',
  '"',
  "'",
  '#',
  '$',
  '~',
  '{',
  'C-a',
  'c-a',
  '^a',
  'M-x',
  'm-x',
  'M-X',
  'C-M-Up',
  'm-c-up',
  'F5',
  'f5',
  'IC',
  'Insert',
  'PgUp',
  'Escape',
  'BSpace',
  'é',
  '😀',
])('the key %s is found among all bindings as tmux prints it, and not when it is free', async (key) => {
  await tmux.run('unbind-key', '-a', '-T', 'prefix');
  await tmux.run('bind-key', '-T', 'root', 'F1', 'display-message', 'root');
  expect(bindingOf(key, await tmux.run('list-keys'))).toBeNull();
  // A trailing `;` of an argument is tmux's own.
  await tmux.run('bind-key', '-T', 'prefix', key === ';' ? '\\;' : key, 'display-message', 'mine');
  expect(bindingOf(key, await tmux.run('list-keys'))).toContain('display-message mine');
});

test('a letter is another key than its capital', async () => {
  await tmux.run('bind-key', '-T', 'prefix', 'N', 'display-message', 'mine');
  await tmux.run('unbind-key', '-T', 'prefix', 'n');
  expect(bindingOf('n', await tmux.run('list-keys'))).toBeNull();
});
