import { expect, it } from 'vitest';
import { closest, plural } from '../../src/base/text.ts';

it.each([
  [0, '0 files'],
  [1, '1 file'],
  [2, '2 files'],
])('%i is counted as "%s"', (number, words) => {
  expect(plural(number, 'file')).toBe(words);
});

it.each([
  ['frontend', ['front', 'frontend-backend', 'boris'], 'frontend-backend'],
  ['fron', ['front', 'frontend-backend'], 'front'],
  ['review', ['review-prep', 'review-all'], null],
  ['Web', ['web'], 'web'],
])('"%s" among %j is probably %j', (word, known, meant) => {
  expect(closest(word, known)).toBe(meant);
});
