import { expect, test } from 'vitest';
import { installHint } from '../../src/base/installHint.ts';

test.each([
  ['linux', 'sudo apt install tmux'],
  ['linux', 'sudo dnf install tmux'],
  ['darwin', 'brew install tmux'],
  ['freebsd', 'pkg install tmux'],
  ['win32', 'WSL'],
])('on %s the hint names `%s`', (platform, command) => {
  expect(installHint('tmux', platform)).toContain(command);
});

test('the hint names the program that is missing', () => {
  expect(installHint('git', 'linux')).not.toContain('tmux');
});
