import { appendFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig, renderConfig } from '../../src/git/config.ts';
import { withConfig } from '../../src/git/run/environment.ts';
import { git } from '../support/repo.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await makeSandbox();
});
afterAll(() => sandbox.dispose());

/** What a configuration value can hold: no NUL, and CR only where git keeps it. */
const value = fc.string({ unit: 'binary' }).map((text) => text.replace(/[\0\r\ud800-\udfff]/g, ''));
const middle = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .map((text) => text.replace(/[\0\r\n\ud800-\udfff]/g, ''))
  .filter((text) => text !== '');

it('git reads back every value and subsection as they were written', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 20 }), middle, async (values, name) => {
      const repo = sandbox.path(`r${++runs}`);
      await git(sandbox.root, ['init', '-q', repo], sandbox.env);
      const entries = values.map((text, index) => ({
        key: index % 2 === 0 ? 'user.name' : `remote.${name}.url`,
        value: text,
      }));
      await appendFile(`${repo}/.git/config`, renderConfig(entries));
      const read = await readConfig(repo, '^(user\\.name|remote\\..*\\.url)$', sandbox.env);
      expect(read.slice(1)).toEqual(entries);
    }),
    { numRuns: 25 },
  );
});

it('a key without a value means true', async () => {
  const repo = sandbox.path('bare-key');
  await git(sandbox.root, ['init', '-q', repo], sandbox.env);
  await appendFile(`${repo}/.git/config`, '[commit]\n\tgpgsign\n');
  expect(await readConfig(repo, '^commit\\.gpgsign$', sandbox.env)).toEqual([{ key: 'commit.gpgsign', value: 'true' }]);
});

it('configuration through the environment comes after what is there already', async () => {
  const env = withConfig(withConfig(sandbox.env, [{ key: 'x.a', value: '1' }]), [
    { key: 'x.b', value: 'two words\n"' },
  ]);
  expect(await readConfig('/', '^x\\.', env)).toEqual([
    { key: 'x.a', value: '1' },
    { key: 'x.b', value: 'two words\n"' },
  ]);
});
