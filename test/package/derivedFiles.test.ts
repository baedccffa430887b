import { expect, test } from 'vitest';
import { run } from '../support/run.ts';
import { ROOT } from '../support/sources.ts';

test('the schema, the reference pages and the table in the README are what the source says', async () => {
  const { code, stderr } = await run('node', ['scripts/generate.mjs', '--check'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '' },
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
