import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach } from 'vitest';
import { closeSpace } from '../../src/git/objectSpace.ts';
import { closeSyncShared, makeSyncShared } from '../../src/git/syncShared.ts';
import { syncTree, type TreeSync } from '../../src/git/syncTree.ts';
import type { SyncResult } from '../../src/plan/syncResult.ts';
import { gitSince } from '../support/gitSince.ts';
import { makeShop, type Shop } from './fixture.ts';

/** Every file that syncs: an older git is refused before anything is fetched (git/gitVersion.ts). */
beforeEach(({ skip }) => {
  skip(!gitSince(2, 29), 'needs git 2.29');
});

/** A shop with one clone, `api`, on `feature/api`, and the moves that a test makes on either side. */
export interface SyncScene {
  readonly shop: Shop;
  readonly tree: string;
  git(...args: string[]): Promise<string>;
  /** Writes files (null removes one) and commits them in the clone. */
  commit(files: Files, message?: string): Promise<void>;
  /** The same on a branch of origin. */
  upstream(files: Files, message?: string, branch?: string): Promise<void>;
  /** git in a second checkout of origin, `main` checked out; push from there. */
  origin(...args: string[]): Promise<string>;
  sync(more?: Partial<TreeSync>): Promise<SyncResult>;
  write(files: Files): Promise<void>;
  /** Puts a hook into the clone. */
  hook(name: string, body: string): Promise<void>;
}

type Files = Readonly<Record<string, string | null>>;

export async function makeSyncScene(more: { readonly branch?: string } = {}): Promise<SyncScene> {
  const shop = await makeShop();
  await shop.clone({ branch: more.branch ?? 'feature/api' });
  const tree = shop.spec().path;
  const other = shop.path('second checkout');
  await shop.git(shop.sandbox.root, 'clone', '-q', '--', shop.origin, other);
  const put = async (folder: string, files: Files): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      if (text === null) await rm(join(folder, path));
      else await writeFile(join(folder, path), text);
    }
  };
  const commit = async (folder: string, files: Files, message: string): Promise<void> => {
    await put(folder, files);
    await shop.git(folder, 'add', '-A', '-f');
    await shop.git(folder, 'commit', '-q', '--allow-empty', '-m', message);
  };
  return {
    shop,
    tree,
    git: (...args) => shop.git(tree, ...args),
    commit: (files, message = 'Own work') => commit(tree, files, message),
    upstream: async (files, message = 'Work of others', branch = 'main') => {
      await shop.git(other, 'checkout', '-q', branch);
      await shop.git(other, 'pull', '-q');
      await commit(other, files, message);
      await shop.git(other, 'push', '-q', 'origin', branch);
    },
    origin: (...args) => shop.git(other, ...args),
    sync: async (options = {}) => {
      const shared = makeSyncShared();
      const mirror = options.mirror === undefined ? await shop.fill() : options.mirror;
      const { result, predicted } = await syncTree({
        tree,
        base: { kind: 'branch', name: null },
        mode: 'auto',
        dryRun: false,
        mergesTrees: true,
        shared,
        env: shop.env,
        now: 1,
        recheck: () => Promise.resolve(null),
        onMoved: () => Promise.resolve(),
        ...options,
        mirror,
      });
      if (predicted !== null) await closeSpace(predicted.space);
      await closeSyncShared(shared);
      return result;
    },
    write: (files) => put(tree, files),
    hook: async (name, body) => {
      const folder = join(tree, '.git', 'hooks');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`);
      await chmod(join(folder, name), 0o755);
    },
  };
}
