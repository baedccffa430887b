import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/sources.ts';

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');

test('the README names each version of git below which something is refused', () => {
  const versions = [...read('src', 'git', 'gitVersion.ts').matchAll(/since: \[(\d+), (\d+)\]/g)].map(
    ([, major, minor]) => `${major}.${minor}`,
  );
  expect(versions.length).toBeGreaterThan(2);
  for (const version of versions) expect(read('README.md')).toContain(version);
});
