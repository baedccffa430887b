import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/sources.ts';

const page = readFileSync(join(ROOT, 'docs/guarantees.md'), 'utf8');
/** Entries, each on one line however it is wrapped. */
const entries = page
  .split(/\n(?=- |#|$)/)
  .filter((part) => part.startsWith('- '))
  .map((part) => part.replace(/\s+/g, ' '));

test('every guarantee names a test that exists', () => {
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.filter((entry) => proofsOf(entry).length === 0)).toEqual([]);
  const missing = entries
    .flatMap(proofsOf)
    .filter(({ file, words }) => !existsSync(join(ROOT, file)) || !contains(file, words));
  expect(missing).toEqual([]);
});

interface Proof {
  readonly file: string;
  readonly words: string;
}

function proofsOf(entry: string): readonly Proof[] {
  return [...entry.matchAll(/`(test\/[^`]+\.ts)` "([^"]+)"/g)].map(([, file = '', words = '']) => ({ file, words }));
}

function contains(file: string, words: string): boolean {
  return readFileSync(join(ROOT, file), 'utf8').replace(/\s+/g, ' ').includes(words);
}
