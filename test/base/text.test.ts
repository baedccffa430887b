import { expect, it } from 'vitest';
import { plural } from '../../src/base/text.ts';

it.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%i is counted as "%s"', (number, words) => {
  expect(plural(number, 'file')).toBe(words);
});
