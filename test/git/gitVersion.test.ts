import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canMergeTrees, GIT_FEATURES, refuseOldGit } from '../../src/git/gitVersion.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

/** The environment with a git of this version first on PATH. */
async function withGit(version: string): Promise<Sandbox['env']> {
  const folder = sandbox.path(`git-${version}`);
  await mkdir(folder);
  await writeFile(`${folder}/git`, `#!/bin/sh\necho 'git version ${version}'\n`);
  await chmod(`${folder}/git`, 0o755);
  return { ...sandbox.env, PATH: `${folder}:${sandbox.env['PATH'] ?? ''}` };
}

it.each(Object.entries(GIT_FEATURES))(
  'the docs name the version of git that %s needs, and an older one is refused by it',
  async (name, { since: [major, minor], what }) => {
    const rows = (await readFile('docs/git.md', 'utf8')).split('\n').filter((line) => line.startsWith('|'));
    expect(
      rows.some((row) => row.startsWith(`| ${major}.${minor} | ${what}`) && row.includes('| refused before ')),
    ).toBe(true);
    const feature = name as keyof typeof GIT_FEATURES;
    const old = `${major}.${minor - 1}.9`;
    await expect(refuseOldGit(await withGit(old), feature)).rejects.toThrow(
      `${what} needs git ${major}.${minor} or newer; this is ${old}`,
    );
    await expect(refuseOldGit(await withGit(`${major}.${minor}.0`), feature)).resolves.toBeUndefined();
  },
);

it('a git that does not merge in memory is known by the version that the docs name', async () => {
  const text = await readFile('docs/git.md', 'utf8');
  expect(text).toContain('| 2.38 | a merge that is tried in memory');
  expect([await canMergeTrees(await withGit('2.37.9')), await canMergeTrees(await withGit('2.38.0'))]).toEqual([
    false,
    true,
  ]);
});
