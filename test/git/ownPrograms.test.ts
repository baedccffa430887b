import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTreeRisks } from '../../src/git/treeRisks.ts';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { plumb, readGit } from '../../src/git/run/ask.ts';
import { mutateGit } from '../../src/git/run/mutate.ts';
import { isHarmlessConfig } from '../../src/git/run/ownConfig.ts';
import { readOwnPrograms } from '../../src/git/run/overrides.ts';
import { makeGitSpy } from './gitSpy.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
let clone: string;
beforeEach(async () => {
  shop = await makeShop();
  await shop.clone();
  clone = shop.spec().path;
});
afterEach(() => shop.dispose());

const ran = () => existsSync(shop.path('ran'));
const at = (...args: string[]) => shop.git(clone, ...args);

/** A program that says that it ran, and passes its input on. */
async function program(): Promise<string> {
  const path = shop.path('program');
  await writeFile(path, `#!/bin/sh\ntouch '${shop.path('ran')}'\ncat\n`, { mode: 0o755 });
  return path;
}

/** Times are new and sizes are not, so git looks into the file; another has changed. */
async function touch(): Promise<void> {
  await writeFile(`${clone}/src/a.txt`, 'changed\n');
  await writeFile(`${clone}/src/b.txt`, 'ours\n');
}

/** Whatever claude-tmux asks of a clone, at least once. */
async function ask(): Promise<void> {
  const { env } = shop;
  const place = { cwd: clone, env };
  await readTreeStatus(clone, { base: null, env });
  await readTreeRisks(clone, { base: null, env, remote: null, include: [], checkout: shop.checkout }).catch(
    () => undefined,
  );
  for (const args of [
    ['diff'],
    ['diff', 'HEAD'],
    ['log', '-p', '-2'],
    ['show', 'HEAD'],
    ['hash-object', 'src/a.txt'],
    ['ls-files', '-m', '-o'],
    ['diff-index', '-p', 'HEAD'],
    ['merge-tree', '--write-tree', 'HEAD', 'other'],
    ['cat-file', '--filters', 'HEAD:src/b.txt'],
  ])
    await plumb(args, place);
}

const KEYS: readonly (readonly [
  string,
  (run: string) => readonly (readonly [string, string])[],
  readonly string[] | null,
])[] = [
  ['core.fsmonitor', (run) => [['core.fsmonitor', run]], ['status']],
  ['core.hooksPath', () => [['core.hooksPath', shop.path('hooks')]], ['status']],
  ['filter.x.clean', (run) => [['filter.x.clean', run]], ['status']],
  ['filter.x.process', (run) => [['filter.x.process', run]], null],
  ['filter.x.smudge', (run) => [['filter.x.smudge', run]], ['cat-file', '--filters', 'HEAD:src/b.txt']],
  [
    'filter.x.required',
    (run) => [
      ['filter.x.clean', run],
      ['filter.x.required', 'true'],
    ],
    ['status'],
  ],
  ['diff.x.textconv', (run) => [['diff.x.textconv', run]], ['diff']],
  ['diff.x.command', (run) => [['diff.x.command', run]], ['diff']],
  ['diff.external', (run) => [['diff.external', run]], ['diff']],
  ['merge.x.driver', (run) => [['merge.x.driver', run]], ['merge-tree', '--write-tree', 'HEAD', 'other']],
  [
    'gpg.program',
    (run) => [
      ['log.showSignature', 'true'],
      ['gpg.program', run],
    ],
    null,
  ],
  ['core.pager', (run) => [['core.pager', run]], null],
  ['pager.log', (run) => [['pager.log', run]], null],
  ['core.editor', (run) => [['core.editor', run]], null],
  ['core.virtualFilesystem', (run) => [['core.virtualFilesystem', run]], null],
  ['a file that the configuration includes', () => [['include.path', shop.path('included')]], ['status']],
  ['a file that it includes on a condition', () => [['includeIf.gitdir:/**.path', shop.path('included')]], ['status']],
];

describe('a program that only a clone names', () => {
  beforeEach(async () => {
    await at('checkout', '-q', '-b', 'other');
    await writeFile(`${clone}/src/b.txt`, 'other\n');
    await at('commit', '-qam', 'Other');
    await at('checkout', '-q', 'feature/api');
    await writeFile(`${clone}/src/b.txt`, 'ours\n');
    await at('commit', '-qam', 'Ours');
    await mkdir(`${clone}/.git/info`, { recursive: true });
    await appendFile(`${clone}/.git/info/attributes`, '*.txt filter=x diff=x merge=x\n');
    await mkdir(shop.path('hooks'));
    for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout'])
      await writeFile(shop.path('hooks', hook), `#!/bin/sh\ntouch '${shop.path('ran')}'\n`, { mode: 0o755 });
  });

  it.each(KEYS)('does not run when git is only asked: %s', async (_, settings, control) => {
    const run = await program();
    await writeFile(shop.path('included'), `[filter "x"]\n\tclean = ${run}\n`);
    await at('config', 'user.name', 'Somebody');
    for (const [key, value] of settings(run)) await at('config', key, value);
    await touch();
    await ask();
    expect(ran()).toBe(false);
    if (control === null) return;
    await touch();
    await at(...control).catch(() => undefined);
    expect(ran()).toBe(true);
  });

  it('does not run either where git has its configuration for a linked worktree or a submodule', async () => {
    const run = await program();
    await at('config', 'extensions.worktreeConfig', 'true');
    await at('config', '--worktree', 'filter.x.clean', run);
    await touch();
    await ask();
    expect(ran()).toBe(false);
    // The plain git that adds the submodule would run it.
    await at('config', '--worktree', '--unset', 'filter.x.clean');
    await shop.git(shop.checkout, 'config', 'protocol.file.allow', 'always');
    await at('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', shop.origin, 'sub');
    await shop.git(`${clone}/sub`, 'config', 'filter.y.clean', run);
    await writeFile(`${clone}/.git/modules/sub/info/attributes`, '* filter=y\n');
    await writeFile(`${clone}/sub/README.md`, '# Shop!\n');
    await ask();
    expect(ran()).toBe(false);
  });

  it('is seen when it is named after the first look', async () => {
    const run = await program();
    await ask();
    await at('config', 'filter.x.clean', run);
    await touch();
    await ask();
    expect(ran()).toBe(false);
  });

  it('runs when the user names it too', async () => {
    const run = await program();
    await at('config', '--global', 'filter.x.clean', run);
    await at('config', 'filter.x.clean', run);
    await touch();
    await readTreeStatus(clone, { base: null, env: shop.env });
    expect(ran()).toBe(true);
    expect(await readOwnPrograms(clone, shop.env)).toMatchObject({ keys: [], filters: [] });
  });

  it("is replaced by the user's own", async () => {
    const run = await program();
    await at('config', '--global', 'filter.x.clean', 'sed s/changed/a/');
    await at('config', 'filter.x.clean', run);
    await writeFile(`${clone}/src/a.txt`, 'changed\n');
    expect((await readGit(['hash-object', 'src/a.txt'], { cwd: clone, env: shop.env })).trim()).toBe(
      (await at('rev-parse', 'HEAD:src/a.txt')).trim(),
    );
    expect(ran()).toBe(false);
  });

  it('leaves the standard filter of git LFS as it is', async () => {
    await at('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
    await at('config', 'filter.lfs.process', 'git-lfs filter-process');
    expect((await readOwnPrograms(clone, shop.env)).keys).toEqual([]);
    await at('config', 'lfs.extension.x.clean', await program());
    expect((await readOwnPrograms(clone, shop.env)).filters).toEqual(['lfs']);
  });

  it('makes a merge by its driver a conflict, never a merge', async () => {
    await at('config', 'merge.x.driver', await program());
    expect((await plumb(['merge-tree', '--write-tree', 'HEAD', 'other'], { cwd: clone, env: shop.env })).code).toBe(1);
  });

  it('leaves the files under its filter unknown, which nothing takes for clean', async () => {
    await at('config', 'filter.x.clean', 'git cat-file blob HEAD:src/a.txt');
    const risks = await readTreeRisks(clone, {
      base: null,
      env: shop.env,
      remote: null,
      include: [],
      checkout: shop.checkout,
    });
    expect(JSON.stringify(risks)).toContain('filter \\"x\\" of its own configuration is not run');
  });

  it('is refused where git is too old to be told of a key with "=" in its name', async () => {
    await at('config', 'filter.x=y.clean', await program());
    await appendFile(`${clone}/.git/info/attributes`, '*.txt filter=x=y\n');
    await touch();
    const { env } = await makeGitSpy(shop.path('old'), {
      env: shop.env,
      before: 'case $* in *version) echo git version 2.30.9; exit ;; esac',
    });
    await expect(readGit(['status', '--porcelain'], { cwd: clone, env })).rejects.toThrow(
      'has the key "filter.x=y.clean", which a git before 2.31 cannot be told to pass over',
    );
    const risks = await readTreeRisks(clone, { base: null, env, remote: null, include: [], checkout: shop.checkout });
    expect(risks.map(({ kind }) => kind)).toContain('unknown');
    expect(ran()).toBe(false);
    await readGit(['status', '--porcelain'], { cwd: clone, env: shop.env });
    expect(ran()).toBe(false);
  });

  it('does not run when a branch is moved, and neither does a hook that came later', async () => {
    const run = await program();
    await writeFile(`${clone}/.git/hooks/reference-transaction`, `#!/bin/sh\ntouch '${shop.path('ran')}'\n`);
    await chmod(`${clone}/.git/hooks/reference-transaction`, 0o755);
    await mutateGit(['update-ref', 'refs/heads/one', 'HEAD'], { cwd: clone, env: shop.env });
    expect(ran()).toBe(false);
    await rm(`${clone}/.git/hooks/reference-transaction`);
    await at('config', 'core.hooksPath', shop.path('hooks'));
    await mutateGit(['update-ref', 'refs/heads/two', 'HEAD'], { cwd: clone, env: shop.env });
    expect(ran()).toBe(false);
    await at('config', 'filter.x.smudge', run);
    await expect(mutateGit(['checkout', '-q', 'other', '--'], { cwd: clone, env: shop.env })).rejects.toThrow(
      'names the filter "x"',
    );
    expect(ran()).toBe(false);
  });
});

describe('the configuration of a clone', () => {
  it('as it is made costs no process more', async () => {
    const spy = await makeGitSpy(shop.path('spy'), { env: shop.env });
    await readTreeStatus(clone, { base: null, env: spy.env });
    expect((await spy.calls()).length).toBe(1);
    expect(isHarmlessConfig(`${clone}/.git/config`)).toBe(true);
  });

  it('that names a program is asked for once, until it changes', async () => {
    await at('config', 'filter.x.clean', 'cat');
    const spy = await makeGitSpy(shop.path('spy'), { env: shop.env });
    const status = () => readTreeStatus(clone, { base: null, env: spy.env });
    await status();
    await status();
    expect((await spy.calls()).filter((line) => line.includes('config --list')).length).toBe(1);
    await at('config', 'filter.y.clean', 'cat');
    await status();
    expect((await spy.calls()).filter((line) => line.includes('config --list')).length).toBe(1);
  });

  it.each([
    '[filter "x"] clean = a',
    '[FILTER "x"]\n\tclean = a',
    '[core]\n\tfs\\\nmonitor = a',
    '[include]\n\tpath = a',
    '[core] hooksPath = a',
    '[core]\n\tbare = false\n[filter.x]\n\tclean = a',
    '[remote "o"]\n\tuploadpack = a',
    '\ufeff[alias]\n\tlfs = !a',
  ])('is not taken for harmless: %s', async (text) => {
    await writeFile(shop.path('config'), text);
    expect(isHarmlessConfig(shop.path('config'))).toBe(false);
  });
});
