import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git as gitIn } from '../support/repo.ts';
import { output, run, type Ended } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

let sandbox: Sandbox;
let work: string;

const git = (...args: string[]) => gitIn(work, args, sandbox.env);

/** A repository with the files of this working tree, and the packages of this checkout. */
beforeAll(async () => {
  sandbox = await makeSandbox();
  work = sandbox.path('work');
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\0');
  for (const path of files.filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(work, path)), { recursive: true });
    cpSync(join(ROOT, path), join(work, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(work, 'node_modules'));
  await git('init', '-q', '-b', 'main');
  appendFileSync(join(work, '.git/info/exclude'), 'node_modules\n');
  for (const version of ['8.0.0', '8.1.0']) await addToChangelog(version);
});
afterAll(() => sandbox.dispose());

async function addToChangelog(version: string): Promise<void> {
  const path = join(work, 'CHANGELOG.md');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^## /m, `## ${version}\n\n- Something.\n\n## `));
  await commit(`Changelog of ${version}`);
}

async function commit(message: string): Promise<void> {
  await git('add', '-A');
  await git('commit', '-q', '-m', message);
}

function script(name: string, ...args: string[]): Promise<Ended> {
  return run(join(work, 'scripts', name), args, { env: sandbox.env, cwd: sandbox.root });
}

/** Everything that a release that is refused leaves alone. */
const state = async () => [
  await git('status', '--porcelain'),
  await git('for-each-ref', '--format=%(refname) %(objectname)'),
];

test('a commit of development carries no bundle', async () => {
  expect(await script('check-release')).toEqual({ code: 0, stdout: 'HEAD carries no bundle\n', stderr: '' });
  expect(await run(join(ROOT, 'scripts/check-release'), [], { env: sandbox.env })).toMatchObject({ code: 0 });
});

test.each<[string, string, string, (() => void | Promise<void>)?]>([
  ['a version that is none', 'v8.0', '"v8.0" is no version; it is written as 1.2.3 or 1.2.3-rc.1'],
  [
    'a version that the changelog does not know',
    '8.2.0',
    'CHANGELOG.md says nothing about 8.2.0; write its section, "## 8.2.0", and commit it',
  ],
  [
    'a tree with changes',
    '8.0.0',
    'the tree has changes that are not committed',
    () => writeFileSync(join(work, 'new.txt'), ''),
  ],
  [
    'a tag that is there',
    '8.1.0',
    'the tag v8.1.0 is there already',
    async () => {
      await git('tag', 'v8.1.0');
    },
  ],
])('%s is refused, and nothing has changed', async (_what, version, why, prepare) => {
  await prepare?.();
  const before = await state();
  expect(await script('release', version)).toEqual({ code: 1, stdout: '', stderr: `scripts/release: ${why}\n` });
  expect(await state()).toEqual(before);
  await git('clean', '-qfd');
  if ((await git('tag', '-l', 'v8.1.0')) !== '') await git('tag', '-d', 'v8.1.0');
});

test('a source that cannot be built is not released, and nothing has changed', async () => {
  await git('checkout', '-q', '-b', 'broken');
  writeFileSync(join(work, 'src/cli/version.ts'), 'export const VERSION = ;\n');
  await commit('Break it');
  const before = await state();
  expect((await script('release', '8.0.0')).code).not.toBe(0);
  expect(await state()).toEqual(before);
  await git('checkout', '-q', 'main');
});

test('a release is a commit with the version, a bundle beside it, and a tag that runs as it is', async () => {
  const { code, stdout, stderr } = await script('release', '8.0.0');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('the bundle of v8.0.0 is built from its source\n');
  expect(await git('status', '--porcelain')).toBe('');
  expect(await git('log', '-1', '--format=%s', 'main')).toBe('Release 8.0.0');
  expect(await git('ls-tree', '--name-only', 'main', 'dist')).toBe('');
  expect(await git('diff', '--name-only', 'main', 'v8.0.0')).toMatch(
    /^dist\/THIRD_PARTY_LICENSES\ndist\/claude-tmux.cjs\n/,
  );
  await output('git', ['clone', '-q', '-b', 'release', work, sandbox.path('clone')], { env: sandbox.env });
  expect(await output(sandbox.path('clone', 'dist', 'claude-tmux.cjs'), ['--version'], { env: sandbox.env })).toBe(
    '8.0.0\n',
  );
  expect(await output(sandbox.path('clone', 'dist', 'claude-tmux.cjs'), ['layouts'], { env: sandbox.env })).toContain(
    'frontend-backend',
  );
});

test('the next one continues the branch: a clone of it goes on with git pull', async () => {
  writeFileSync(join(work, 'docs/more.md'), 'More.\n');
  await commit('More');
  expect((await script('release', '8.1.0')).code).toBe(0);
  await output('git', ['-C', sandbox.path('clone'), 'pull', '-q', '--ff-only'], { env: sandbox.env });
  expect(await output(sandbox.path('clone', 'dist', 'claude-tmux.cjs'), ['--version'], { env: sandbox.env })).toBe(
    '8.1.0\n',
  );
  expect(await git('merge-base', 'main', 'v8.1.0')).toBe(await git('rev-parse', 'main'));
});

test.each<[string, () => void, RegExp]>([
  [
    'was changed afterwards',
    () => appendFileSync(join(work, 'dist/main.cjs'), '// evil\n'),
    /the bundle of HEAD is not built from its source: Files carried\/main\.cjs and built\/main\.cjs differ;/,
  ],
  [
    'is older than its source',
    () =>
      writeFileSync(
        join(work, 'src/cli/main.ts'),
        readFileSync(join(work, 'src/cli/main.ts'), 'utf8').replace('Bring up a fleet', 'Raise a fleet'),
      ),
    /differ;/,
  ],
  ['holds a file more', () => writeFileSync(join(work, 'dist/more.cjs'), ''), /Only in carried: more\.cjs;/],
  [
    'is that of another version',
    () =>
      writeFileSync(
        join(work, 'package.json'),
        readFileSync(join(work, 'package.json'), 'utf8').replace('"version": "8.1.0"', '"version": "8.1.1"'),
      ),
    /claude-tmux\.cjs differ;/,
  ],
])('a bundle that %s is found', async (_what, tamper, why) => {
  await git('checkout', '-q', '--detach', 'v8.1.0');
  tamper();
  await git('add', '-f', 'dist');
  await commit('Tamper');
  const { code, stderr } = await script('check-release');
  expect(code).toBe(1);
  expect(stderr).toMatch(why);
  await git('checkout', '-q', 'main');
});
