import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeAskedOnce } from '../../src/git/askedOnce.ts';
import { isUnmarked } from '../../src/git/indexFlags.ts';
import { readObject, writeObject } from '../../src/git/looseObject.ts';
import { readRefTable } from '../../src/git/refFiles.ts';
import { readSyncSettings } from '../../src/git/syncSettings.ts';
import { makeGitSpy } from './gitSpy.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene;
let gitDir: string;
beforeEach(async () => {
  scene = await makeSyncScene();
  gitDir = join(scene.tree, '.git');
});
afterEach(() => scene.shop.dispose());

describe('the refs that are read from files are those that git names', () => {
  const expectSame = async (): Promise<void> => {
    const spy = await makeGitSpy(scene.shop.path('spy'), { env: scene.shop.env });
    const { ids, links } = await readRefTable(gitDir, spy.env);
    expect(await spy.calls()).toEqual([]);
    const text = await scene.git(
      'for-each-ref',
      '--format=%(refname) %(objectname) %(symref)',
      'refs/heads',
      'refs/remotes',
      'refs/tags',
      'refs/worktree',
      'refs/replace',
    );
    const told = text.split('\n').map((line) => line.split(' '));
    expect([...ids].sort()).toEqual(told.map(([name = '', id = '']) => [name, id]).sort());
    expect([...links]).toEqual(told.filter(([, , link]) => link !== '').map(([name, , link]) => [name, link]));
  };

  it('loose, packed, packed and then moved, symbolic, annotated, of the work tree', async () => {
    await scene.git('tag', '-a', 'v2', '-m', 'Two');
    await scene.git('branch', 'a/b/c');
    await scene.git('branch', 'gone');
    await expectSame();
    await scene.git('pack-refs', '--all');
    await scene.git('branch', '-q', '-D', 'gone');
    await scene.commit({ 'x.txt': 'x\n' });
    await scene.git('update-ref', 'refs/worktree/claude-tmux/base-1', 'HEAD');
    await expectSame();
  });

  it('and one that is no ref is left to git', async () => {
    await writeFile(join(gitDir, 'refs/heads/.half'), '');
    await writeFile(join(gitDir, 'refs/heads/broken'), 'nothing\n');
    expect((await readRefTable(gitDir, scene.shop.env)).ids.get('refs/heads/feature/api')).toBe(
      await scene.git('rev-parse', 'HEAD'),
    );
  });
});

describe('an index without marked entries is known without git', () => {
  it.each([
    { what: 'as git writes it', make: [], unmarked: true },
    {
      what: 'with a long name and an entry to be added',
      make: [['add', '-N', `${'l'.repeat(200)}/${'n'.repeat(200)}`]],
      unmarked: false,
    },
    { what: 'with an edit to overlook', make: [['update-index', '--assume-unchanged', 'src/b.txt']], unmarked: false },
    { what: 'with a file to skip', make: [['update-index', '--skip-worktree', 'src/b.txt']], unmarked: false },
    { what: 'in version 4', make: [['update-index', '--index-version', '4']], unmarked: false },
    {
      what: 'split in two',
      make: [
        ['update-index', '--split-index'],
        ['update-index', '--assume-unchanged', 'src/b.txt'],
        ['update-index', '--no-assume-unchanged', 'src/b.txt'],
      ],
      unmarked: false,
    },
    {
      what: 'with a cache of untracked files',
      make: [
        ['update-index', '--untracked-cache'],
        ['status', '-s'],
      ],
      unmarked: true,
    },
  ])('$what', async ({ make, unmarked }) => {
    await scene.write({ [`${'l'.repeat(200)}/${'n'.repeat(200)}`]: 'n\n' });
    for (const args of make) await scene.git(...args);
    expect(await isUnmarked(gitDir, 20)).toBe(unmarked);
  });
});

describe('objects in files of their own', () => {
  it.each(['sha1', 'sha256'])('are written and read as git does (%s)', async (hash) => {
    const folder = scene.shop.path('bare');
    await scene.shop.git(scene.shop.sandbox.root, 'init', '-q', '--bare', `--object-format=${hash}`, folder);
    const tree = (await scene.shop.git(folder, 'mktree', '--missing')).trim();
    const theirs = (await scene.shop.git(folder, 'commit-tree', tree, '-m', 'Ä')).trim();
    const content = await readObject(join(folder, 'objects'), theirs, 'commit');
    expect(content?.toString('utf8')).toBe(`${await scene.shop.git(folder, 'cat-file', 'commit', theirs)}\n`);
    const ours = await writeObject(join(folder, 'objects'), {
      kind: 'commit',
      content: Buffer.from(`${content?.toString('latin1') ?? ''}more\n`, 'latin1'),
      like: tree,
    });
    expect(await scene.shop.git(folder, 'log', '-1', '--format=%B', ours)).toBe('Ä\nmore\n');
    expect(await scene.shop.git(folder, 'fsck', '--strict')).not.toMatch(/error|missing/);
    expect(await readObject(join(folder, 'objects'), tree, 'commit')).toBe(null);
  });
});

describe('settings are asked once for trees that are set up alike', () => {
  const read =
    (known = makeAskedOnce<readonly { readonly key: string; readonly value: string }[]>()) =>
    (tree: string) =>
      readSyncSettings(tree, join(tree, '.git'), { env: scene.shop.env, known });

  it.each([
    ['another committer', ['user.email', 'other@example.invalid']],
    ['signing', ['commit.gpgSign', 'yes']],
    ['hooks elsewhere', ['core.hooksPath', '/hooks']],
    ['LFS', ['filter.lfs.process', 'git-lfs filter-process']],
    ['all of that behind an include', ['include.path', '../../more']],
  ])('and never taken for those of a tree with %s', async (_, setting) => {
    const other = scene.shop.path('work space', 'web');
    await scene.shop.clone({ path: other, branch: 'feature/web' });
    await writeFile(scene.shop.path('work space', 'more'), '[user]\n\temail = more@example.invalid\n');
    await scene.git('config', 'branch.feature/api.description', 'only here');
    const shared = read();
    const before = await shared(scene.tree);
    expect(await shared(other)).toEqual({ ...before, hooks: join(other, '.git', 'hooks') });
    await scene.shop.git(other, 'config', ...setting);
    expect(await shared(other)).toEqual(await read()(other));
    expect(await shared(other)).not.toEqual({ ...before, hooks: join(other, '.git', 'hooks') });
    expect(await shared(scene.tree)).toEqual(before);
  });
});
