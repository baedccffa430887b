import { ChildProcess } from 'node:child_process';
import { expect, it } from 'vitest';
import { systemHint } from '../../src/base/trouble.ts';
import { keepChild } from '../../src/store/children.ts';

it('a program that cannot be started for want of files is a system error in words', () => {
  // As Node leaves one at EMFILE: without streams.
  const child = new ChildProcess();
  let thrown: unknown = null;
  try {
    keepChild(child);
  } catch (error) {
    thrown = error;
  }
  expect(systemHint(thrown)).toBe('too many files are open: raise the limit with ulimit -n');
  expect(child.emit('error', new Error('spawn tmux EMFILE'))).toBe(true);
});
