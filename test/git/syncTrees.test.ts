import { readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeRepo } from '../support/repo.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';
import { treeSnapshot } from './treeSnapshot.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

const at = (path: string): string => join(scene.tree, path);
const read = (path: string): Promise<string> => readFile(at(path), 'utf8');

describe('done right', () => {
  it('commits are signed where the user signs', async () => {
    await scene.commit({ 'm.txt': 'm\n' });
    const key = scene.shop.path('key');
    await scene.git('config', 'commit.gpgSign', 'true');
    await scene.git('config', '--global', 'gpg.format', 'ssh');
    await scene.git('config', '--global', 'gpg.ssh.program', scene.shop.path('signer'));
    await scene.git('config', 'user.signingKey', key);
    await writeFile(key, 'x');
    await writeFile(scene.shop.path('signer'), '#!/bin/sh\nfor last; do :; done\nprintf "signed\\n" >"$last.sig"\n', {
      mode: 0o755,
    });
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased' });
    expect(await scene.git('cat-file', 'commit', 'HEAD')).toContain('gpgsig signed');
  });

  it('hooks that act afterwards do not run, rerere, autostash and pull.rebase have no say', async () => {
    for (const name of [
      'post-checkout',
      'post-merge',
      'post-rewrite',
      'post-index-change',
      'post-commit',
      'pre-commit',
      'commit-msg',
    ])
      await scene.hook(name, `echo ${name} >>'${scene.shop.path('ran')}'`);
    for (const [key, value] of [
      ['rerere.enabled', 'true'],
      ['rebase.autoStash', 'true'],
      ['merge.autoStash', 'true'],
      ['pull.rebase', 'merges'],
      ['submodule.recurse', 'true'],
      ['fetch.prune', 'true'],
      ['merge.ff', 'only'],
    ] as const)
      await scene.git('config', key, value);
    await scene.git('commit', '-q', '--no-verify', '--allow-empty', '-m', 'Own');
    await writeFile(scene.shop.path('ran'), '');
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    expect(await scene.sync({ mode: 'merge' })).toMatchObject({ outcome: 'merged' });
    expect(await readFile(scene.shop.path('ran'), 'utf8')).toBe('');
  });

  it('a merge driver of the user has its say; in a rebase "ours" is the base', async () => {
    await scene.git('config', '--global', 'merge.ours.driver', 'true');
    await scene.commit({ '.gitattributes': 'src/a.txt merge=ours\n', 'src/a.txt': 'mine\n' });
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased' });
    expect(await read('src/a.txt')).toBe('theirs\n');
  });

  it('a branch that is gone stands in the way of a new one, or the reverse', async () => {
    const { shop } = scene;
    await scene.origin('push', '-q', 'origin', 'HEAD:refs/heads/topic', 'HEAD:refs/heads/deep/one');
    await shop.fill();
    await scene.git('fetch', '-q', 'origin');
    await scene.origin('push', '-q', 'origin', ':refs/heads/topic', ':refs/heads/deep/one');
    await scene.origin('push', '-q', 'origin', 'HEAD:refs/heads/topic/x', 'HEAD:refs/heads/deep');
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    expect(await scene.sync()).toMatchObject({ outcome: 'forwarded' });
    expect((await scene.git('for-each-ref', '--format=%(refname)', 'refs/remotes/origin')).split('\n')).toEqual(
      expect.arrayContaining(['refs/remotes/origin/topic/x', 'refs/remotes/origin/deep']),
    );
  });

  it('a worktree; its neighbours and the checkout stay as they are', async () => {
    const { shop } = scene;
    const [one, two] = [shop.path('work space', 'one'), shop.path('work space', 'two')];
    for (const [path, branch] of [
      [one, 'feature/one'],
      [two, 'feature/two'],
    ] as const)
      await makeWorktree({
        spec: shop.spec({ path, branch }),
        checkout: shop.checkout,
        env: shop.env,
        onLine: () => undefined,
      });
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    await shop.git(shop.checkout, 'fetch', '-q');
    const before = [await treeSnapshot(two, shop.env), await treeSnapshot(shop.checkout, shop.env)].map(
      ({ files, index, head }) => ({ files, index, head }),
    );
    expect(await scene.sync({ tree: one, mirror: null })).toMatchObject({ outcome: 'forwarded', base: 'origin/main' });
    expect(
      [await treeSnapshot(two, shop.env), await treeSnapshot(shop.checkout, shop.env)].map(
        ({ files, index, head }) => ({ files, index, head }),
      ),
    ).toEqual(before);
    expect(await shop.git(two, 'for-each-ref', 'refs/worktree')).toBe('');
  });

  it('a sparse checkout stays sparse', async () => {
    await scene.git('sparse-checkout', 'set', 'other');
    expect(existsSync(at('src/b.txt'))).toBe(false);
    await scene.commit({ 'm.txt': 'm\n' });
    await scene.upstream({ 'src/b.txt': 'theirs\n', 'other/x.txt': 'x\n' });
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased' });
    expect([existsSync(at('src/b.txt')), existsSync(at('other/x.txt'))]).toEqual([false, true]);
    expect(await scene.git('status', '--porcelain')).toBe('');
  });

  it('a clone of a part of the history', async () => {
    await scene.upstream({ 'one.txt': '1\n' });
    const shallow = scene.shop.path('work space', 'shallow');
    await scene.shop.git(scene.shop.sandbox.root, 'clone', '-q', '--depth=1', `file://${scene.shop.origin}`, shallow);
    await scene.shop.git(shallow, 'checkout', '-q', '-b', 'feature/shallow');
    await scene.shop.git(shallow, 'commit', '-q', '--allow-empty', '-m', 'Own');
    await scene.upstream({ 'two.txt': '2\n' });
    await scene.shop.git(shallow, 'fetch', '-q', 'origin');
    expect(await scene.sync({ tree: shallow, mirror: null })).toMatchObject({ outcome: 'rebased' });
  });

  it('submodules follow', async () => {
    const { shop } = scene;
    const library = shop.path('library');
    await makeRepo(library, { env: shop.env, files: { 'lib.txt': '1\n' } });
    await scene.origin('submodule', '--quiet', 'add', library, 'lib');
    await scene.upstream({}, 'A library');
    expect(await scene.sync()).toMatchObject({ outcome: 'forwarded', notes: [] });
    expect(await read('lib/lib.txt')).toBe('1\n');
    await writeFile(join(library, 'lib.txt'), '2\n');
    await shop.git(library, 'commit', '-qam', 'Two');
    await scene.origin('-C', 'lib', 'pull', '-q', 'origin', 'main');
    await scene.upstream({}, 'A newer library');
    await scene.commit({ 'm.txt': 'm\n' });
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased', notes: [] });
    expect(await read('lib/lib.txt')).toBe('2\n');
    expect(await scene.git('status', '--porcelain')).toBe('');
  });

  it('a file becomes a folder, a folder a file, a link and the executable bit come along', async () => {
    await scene.upstream({ 'folder/x': 'x\n' });
    await scene.sync();
    await scene.origin('rm', '-rq', 'folder', 'src/a.txt');
    await scene.upstream({ folder: 'now a file\n', 'src/a.txt/deep': 'now a folder\n', run: '#!/bin/sh\n' });
    await symlink('README.md', scene.shop.path('second checkout', 'link'));
    await scene.origin('update-index', '--chmod=+x', 'run');
    await scene.origin('add', 'link');
    await scene.origin('commit', '-qm', 'Link');
    await scene.origin('push', '-q', 'origin', 'main');
    expect(await scene.sync()).toMatchObject({ outcome: 'forwarded' });
    expect([await read('folder'), await read('src/a.txt/deep'), await read('link')]).toEqual([
      'now a file\n',
      'now a folder\n',
      '# Shop\n',
    ]);
    expect(await scene.git('status', '--porcelain')).toBe('');
  });
});
