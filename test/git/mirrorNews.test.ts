import { cp, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeAskedOnce } from '../../src/git/askedOnce.ts';
import { dropNews, type News } from '../../src/git/mirrorNews.ts';
import { fetchFromMirror } from '../../src/git/syncFetch.ts';
import { makeGitSpy, type GitSpy } from './gitSpy.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene;
let spy: GitSpy;
beforeEach(async () => {
  scene = await makeSyncScene();
  spy = await makeGitSpy(scene.shop.path('spy'), { env: scene.shop.env });
});
afterEach(() => scene.shop.dispose());

/** Brings the news into a clone; true when it took a fetch. */
async function bring(tree: string, news: News = makeAskedOnce()): Promise<boolean> {
  const mirror = await scene.shop.fill();
  await spy.calls();
  await fetchFromMirror(tree, mirror, { gitDir: join(tree, '.git'), env: spy.env, news });
  const took = (await spy.calls()).some((call) => call.includes(' fetch --'));
  await dropNews(news);
  return took;
}

const refs = (tree: string): Promise<string> =>
  scene.shop.git(tree, 'for-each-ref', '--format=%(refname) %(objectname) %(symref)', 'refs/remotes', 'refs/tags');

/** What `git fetch` makes of the same clone. */
async function fetched(): Promise<string> {
  const { shop, tree } = scene;
  const copy = shop.path('copy');
  await rm(copy, { recursive: true, force: true });
  await cp(tree, copy, { recursive: true });
  const mirror = await shop.fill();
  await shop.git(copy, 'fetch', '-q', '--no-prune', '--', mirror.path, '+refs/heads/*:refs/remotes/origin/*');
  return refs(copy);
}

async function expectWhole(tree: string): Promise<void> {
  expect(await scene.shop.git(tree, 'fsck', '--strict', '--connectivity-only')).not.toMatch(/missing|broken/);
  await scene.shop.git(tree, 'rev-list', '--objects', '--all', '--quiet');
}

async function moveEverything(): Promise<void> {
  await scene.upstream({ 'src/a.txt': 'theirs\n' });
  await scene.origin('checkout', '-q', '-b', 'deep/new');
  await scene.origin('commit', '-q', '--allow-empty', '-m', 'New');
  await scene.origin('tag', '-a', 'annotated', '-m', 'Annotated');
  await scene.origin('tag', 'light', 'HEAD~1');
  await scene.origin('push', '-q', 'origin', 'deep/new', 'annotated', 'light');
  await scene.origin('checkout', '-q', 'existing');
  await scene.origin('commit', '-q', '--amend', '--allow-empty', '-m', 'Rewritten');
  await scene.origin('push', '-q', '--force', 'origin', 'existing');
}

describe('what a clone lacks comes from the mirror without a fetch, and is what a fetch brings', () => {
  it('branches, new and rewritten ones, and tags; one that is gone on origin stays', async () => {
    await scene.origin('push', '-q', 'origin', 'main:refs/heads/going');
    await bring(scene.tree);
    await moveEverything();
    await scene.origin('push', '-q', 'origin', ':going');
    const expected = await fetched();
    expect(await bring(scene.tree)).toBe(false);
    expect(await refs(scene.tree)).toBe(expected);
    expect(expected).toMatch(/origin\/going[\s\S]*tags\/annotated[\s\S]*tags\/light/);
    await expectWhole(scene.tree);
  });

  it('a few objects as files of their own, many as one pack; both shared with the mirror’s copy by hard links', async () => {
    const packs = async (): Promise<readonly string[]> =>
      (await readdir(join(scene.tree, '.git/objects/pack'))).filter((name) => name.endsWith('.pack'));
    const before = await packs();
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await bring(scene.tree)).toBe(false);
    expect(await packs()).toEqual(before);
    await scene.upstream(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`many/${at}.txt`, `${at}\n`])));
    const news: News = makeAskedOnce();
    const other = scene.shop.path('other');
    await cp(scene.tree, other, { recursive: true });
    const mirror = await scene.shop.fill();
    for (const tree of [scene.tree, other])
      await fetchFromMirror(tree, mirror, { gitDir: join(tree, '.git'), env: spy.env, news });
    const [made = ''] = (await packs()).filter((name) => !before.includes(name));
    expect((await lstat(join(scene.tree, '.git/objects/pack', made))).nlink).toBe(3);
    await dropNews(news);
    expect((await readdir(mirror.path)).filter((name) => name.includes('news'))).toEqual([]);
    for (const tree of [scene.tree, other]) await expectWhole(tree);
  });

  it('also when clone and mirror have packed what they had, and the mirror was made anew', async () => {
    await moveEverything();
    await bring(scene.tree);
    await scene.git('gc', '-q', '--prune=now');
    await rm((await scene.shop.fill()).path, { recursive: true });
    await scene.upstream({ 'src/a.txt': 'later\n' });
    const expected = await fetched();
    expect(await bring(scene.tree)).toBe(false);
    expect(await refs(scene.tree)).toBe(expected);
    await expectWhole(scene.tree);
  });

  it('and a tag that the clone has otherwise is left alone', async () => {
    await scene.git('tag', 'light');
    const own = await scene.git('rev-parse', 'light');
    await moveEverything();
    expect(await bring(scene.tree)).toBe(false);
    expect(await scene.git('rev-parse', 'light')).toBe(own);
  });
});

describe('a fetch does it', () => {
  it('for a clone that holds a part of the history', async () => {
    const tree = scene.shop.path('shallow');
    await scene.shop
      .git(
        scene.shop.sandbox.root,
        'clone',
        '-q',
        '--depth=1',
        '--',
        `file://${encodeURI(scene.shop.origin).replaceAll('#', '%23')}`,
        tree,
      )
      .catch(async () => {
        await scene.shop.git(
          scene.shop.sandbox.root,
          'clone',
          '-q',
          '--depth=1',
          '--no-local',
          '--',
          scene.shop.origin,
          tree,
        );
      });
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await bring(tree)).toBe(true);
    expect(await scene.shop.git(tree, 'rev-parse', 'origin/main')).toBe(await scene.origin('rev-parse', 'main'));
  });

  it('where the configuration is more than plain', async () => {
    await scene.git('config', 'extensions.worktreeConfig', 'true');
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await bring(scene.tree)).toBe(true);
    expect(await scene.git('rev-parse', 'origin/main')).toBe(await scene.origin('rev-parse', 'main'));
  });

  it('when the pack that was made is gone', async () => {
    const gone: News = { ask: () => Promise.resolve(scene.shop.path('gone')), all: () => [] };
    await scene.upstream({ 'src/a.txt': 'theirs\n' });
    expect(await bring(scene.tree, gone)).toBe(true);
    await expectWhole(scene.tree);
  });
});
