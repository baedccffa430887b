import { expect, it } from 'vitest';
import { untriedClaude } from '../../src/doctor/triedClaude.ts';

it.each([
  ['2.1.197', null],
  ['2.1.250', null],
  ['2.1.332', null],
  ['2.1.196', 'older'],
  ['2.0.900', 'older'],
  ['1.9.999', 'older'],
  ['2.1.333', 'newer'],
  ['2.2.0', 'newer'],
  ['10.0.0', 'newer'],
  [null, null],
  ['2.1', null],
  ['nightly', null],
])('Claude Code %s is %s', (version, word) => {
  const words = untriedClaude(version);
  if (word === null) expect(words).toBeNull();
  else expect(words).toMatch(new RegExp(`Claude Code ${version} is ${word} than .*2\\.1\\.197 to 2\\.1\\.332`));
});
