import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noteCarriedOver } from '../../src/git/run/carriedOver.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';
import { treeSnapshot } from './treeSnapshot.ts';

let scene: SyncScene;
beforeEach(async () => {
  scene = await makeSyncScene();
});
afterEach(() => scene.shop.dispose());

const at = (path: string): string => join(scene.tree, path);
const read = (path: string): Promise<string> => readFile(at(path), 'utf8');
const gitFile = (...parts: string[]): string => at(join('.git', ...parts));

/** As if git had copied the hooks from the user's template when the clone was made. */
async function wasThere(): Promise<void> {
  await noteCarriedOver(gitFile(), { made: gitFile(), settings: [], env: scene.shop.env });
}

describe('a tree that sync does not touch is as before, byte for byte, and told why', () => {
  const conflict = async (): Promise<void> => {
    await scene.commit({ 'src/a.txt': 'mine\n' });
    await scene.git('branch', 'other', 'HEAD~1');
    await scene.git('checkout', '-q', 'other');
    await scene.commit({ 'src/a.txt': 'other\n' }, 'Other');
    await scene.git('checkout', '-q', 'feature/api');
  };
  const stopped = async (...command: string[]): Promise<void> => {
    await conflict();
    await expect(scene.git(...command)).rejects.toThrow();
  };
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['an edited file', () => scene.write({ 'README.md': 'edited\n' }), 'has 1 uncommitted change'],
    [
      'a staged file',
      () => scene.write({ 'new.txt': 'n\n' }).then(() => scene.git('add', 'new.txt')),
      'has 1 uncommitted change',
    ],
    ['a detached HEAD', () => scene.git('checkout', '-q', '--detach'), 'stands on no branch (detached HEAD)'],
    [
      'an unborn branch',
      () => scene.git('checkout', '-q', '--orphan', 'new').then(() => scene.git('rm', '-rfq', '.')),
      'has no commit yet',
    ],
    ['a merge', () => stopped('merge', 'other'), 'is in the middle of a merge'],
    ['a rebase', () => stopped('rebase', 'other'), 'is in the middle of a rebase'],
    ['a cherry-pick', () => stopped('cherry-pick', 'other'), 'is in the middle of a cherry-pick'],
    ['a revert', () => stopped('revert', '--no-edit', 'other'), 'is in the middle of a revert'],
    ['a bisect', () => scene.git('bisect', 'start'), 'is in the middle of a bisect'],
    [
      'an untracked file in the way',
      () => scene.write({ 'theirs/new.txt': 'mine\n' }),
      'has files of its own where origin/main brings some',
    ],
    [
      'an untracked file in the place of a folder',
      () => scene.write({ theirs: 'mine\n' }),
      'has files of its own where origin/main brings some',
    ],
    [
      'a link to elsewhere in the place of a folder',
      () => symlink(scene.shop.path('home'), at('theirs')),
      'has files of its own where origin/main brings some',
    ],
    [
      'an edit that git was told to overlook',
      () =>
        scene
          .git('update-index', '--assume-unchanged', 'src/b.txt')
          .then(() => scene.write({ 'src/b.txt': 'unseen\n' })),
      'has files of its own where origin/main brings some',
    ],
    [
      'an edit behind skip-worktree',
      () =>
        scene.git('update-index', '--skip-worktree', 'src/b.txt').then(() => scene.write({ 'src/b.txt': 'unseen\n' })),
      'has files of its own where origin/main brings some',
    ],
    [
      'a pre-rebase hook that says no',
      () =>
        scene
          .commit({ 'm.txt': 'm\n' })
          .then(() => scene.hook('pre-rebase', 'echo "not on Fridays" >&2; exit 1'))
          .then(wasThere),
      'has a pre-rebase hook that said no: not on Fridays',
    ],
    [
      'a pre-rebase hook that came later',
      () => scene.commit({ 'm.txt': 'm\n' }).then(() => scene.hook('pre-rebase', 'exit 0')),
      'has a pre-rebase hook of its own, which was not there when the clone was made and is not run: use git pull --rebase there',
    ],
    [
      'a filter that came later',
      () => scene.git('config', 'filter.x.clean', 'cat'),
      'has the filter "x" in its own configuration, which is not run: what its files hold cannot be told',
    ],
    ['another git at work', () => writeFile(gitFile('index.lock'), ''), 'has another git at work in its clone'],
  ];
  it.each(cases)('%s', async (_, make, reason) => {
    await make();
    await scene.upstream({ 'theirs/new.txt': 'theirs\n', 'src/b.txt': 'theirs\n' });
    const before = await treeSnapshot(scene.tree, scene.shop.env);
    const result = await scene.sync();
    expect([result.outcome, result.reason]).toEqual(['skipped', reason]);
    expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  });

  it('an agent that begins a turn between check and action, and a commit it makes', async () => {
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    const before = await treeSnapshot(scene.tree, scene.shop.env);
    expect(await scene.sync({ recheck: () => Promise.resolve('is working') })).toMatchObject({
      outcome: 'skipped',
      reason: 'is working',
    });
    expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
    const commit = async (): Promise<null> => {
      // HEAD is locked by now: the commit fails, cleanly, and nothing of it is lost.
      await expect(scene.git('commit', '-q', '--allow-empty', '-m', 'Meanwhile')).rejects.toThrow('cannot lock ref');
      return null;
    };
    expect(await scene.sync({ recheck: commit })).toMatchObject({ outcome: 'forwarded' });
    await scene.upstream({ 'src/b.txt': 'again\n' });
    const edit = async (): Promise<null> => {
      await scene.write({ 'src/b.txt': 'an edit\n' });
      return null;
    };
    expect(await scene.sync({ recheck: edit })).toMatchObject({ outcome: 'skipped' });
    expect(await read('src/b.txt')).toBe('an edit\n');
  });

  it('commits that cannot be signed', async () => {
    await scene.commit({ 'm.txt': 'm\n' });
    await scene.git('config', 'commit.gpgSign', 'true');
    await scene.git('config', '--global', 'gpg.program', '/bin/false');
    await scene.upstream({ 'src/b.txt': 'theirs\n' });
    const before = await treeSnapshot(scene.tree, scene.shop.env);
    expect((await scene.sync()).outcome).toBe('failed');
    expect(await treeSnapshot(scene.tree, scene.shop.env)).toEqual(before);
  });

  it('a filter that fails while files are written', async () => {
    await scene.git('config', '--global', 'filter.bad.smudge', 'false');
    await scene.git('config', '--global', 'filter.bad.required', 'true');
    await writeFile(gitFile('info', 'attributes'), 'z.bad filter=bad\n');
    await scene.upstream({ 'src/b.txt': 'theirs\n', 'z.bad': 'bad\n' });
    const before = await treeSnapshot(scene.tree, scene.shop.env);
    expect((await scene.sync()).outcome).toBe('failed');
    expect({ ...(await treeSnapshot(scene.tree, scene.shop.env)), files: null, index: null }).toEqual({
      ...before,
      files: null,
      index: null,
    });
    expect(await scene.git('status', '--porcelain')).toBe('');
    expect(await read('src/b.txt')).toBe('b\n');
  });
});
