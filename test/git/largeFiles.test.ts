import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bringWork } from '../../src/git/bringWork.ts';
import { keepingFetched } from '../../src/git/largeFiles.ts';
import { readRemoteNow } from '../../src/git/remoteNow.ts';
import { readTreeRisks } from '../../src/git/treeRisks.ts';
import type { TreeRisk } from '../../src/status/treeRisk.ts';
import { makeShop, type Shop } from './fixture.ts';

const hasLfs = spawnSync('git', ['lfs', 'version']).status === 0;

/** An LFS server that holds one file and counts what it hands out. */
interface LargeFileServer {
  readonly url: string;
  downloads: number;
  readonly server: Server;
}

async function serve(content: Buffer, oid: string): Promise<LargeFileServer> {
  const server = createServer((request, response) => {
    if (request.url === `/file/${oid}`) {
      told.downloads++;
      response.end(content);
      return;
    }
    const answer = {
      transfer: 'basic',
      objects: [
        { oid, size: content.length, authenticated: true, actions: { download: { href: `${told.url}/file/${oid}` } } },
      ],
    };
    response.setHeader('Content-Type', 'application/vnd.git-lfs+json');
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const told = {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    downloads: 0,
    server,
  };
  return told;
}

describe.skipIf(!hasLfs)('a repository with large files (git-lfs)', () => {
  let shop: Shop;
  let lfs: LargeFileServer;
  const content = randomBytes(100_000);
  const oid = createHash('sha256').update(content).digest('hex');
  const stored = (folder: string) => join(folder, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);

  beforeEach(async () => {
    shop = await makeShop();
    lfs = await serve(content, oid);
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${content.length}\n`;
    await writeFile(join(shop.checkout, '.lfsconfig'), `[lfs]\n\turl = ${lfs.url}\n`);
    await writeFile(join(shop.checkout, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
    await writeFile(join(shop.checkout, 'large.bin'), pointer);
    await shop.git(shop.checkout, 'add', '-A');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Large files');
    await shop.git(shop.checkout, 'push', '-q');
    for (const [name, value] of [
      ['clean', 'git-lfs clean -- %f'],
      ['smudge', 'git-lfs smudge -- %f'],
      ['process', 'git-lfs filter-process'],
      ['required', 'true'],
    ] as const) {
      await shop.git(shop.checkout, 'config', '--global', `filter.lfs.${name}`, value);
    }
  });
  afterEach(async () => {
    lfs.server.close();
    await shop.dispose();
  });

  const clones = async (...names: string[]) => {
    const mirror = await shop.fill();
    await Promise.all(names.map((name) => shop.clone({ path: shop.path('work', name), branch: name }, { mirror })));
  };

  it('downloads each of them once, for clones at the same time and for later ones', async () => {
    await clones('one', 'two', 'three');
    await clones('four');
    expect(lfs.downloads).toBe(1);
    for (const name of ['one', 'two', 'three', 'four']) {
      expect(await readFile(shop.path('work', name, 'large.bin'))).toEqual(content);
      expect(await shop.git(shop.path('work', name), 'status', '--porcelain')).toBe('');
    }
    expect((await stat(stored(shop.path('work', 'two', '.git')))).nlink).toBe(5);
  });

  it('takes them from the checkout where that has them', async () => {
    await shop.git(shop.checkout, 'lfs', 'fetch');
    await clones('one');
    expect(lfs.downloads).toBe(1);
    expect(await readFile(shop.path('work', 'one', 'large.bin'))).toEqual(content);
  });

  it('gives each clone a store that outlives the cache', async () => {
    await clones('one');
    await rm(shop.path('cache'), { recursive: true });
    await rm(shop.path('work', 'one', 'large.bin'));
    await shop.git(shop.path('work', 'one'), 'checkout', '--', 'large.bin');
    expect(await readFile(shop.path('work', 'one', 'large.bin'))).toEqual(content);
    expect(lfs.downloads).toBe(1);
  });

  it('brings those of the checkout that no server has yet, committed or not', async () => {
    const spec = { ...shop.spec(), path: shop.path('work', 'one'), branch: 'one' };
    await writeFile(join(shop.checkout, 'committed.bin'), 'committed\n');
    await shop.git(shop.checkout, 'add', 'committed.bin');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Unpushed');
    await writeFile(join(shop.checkout, 'new.bin'), 'new\n');
    await clones('one');
    await bringWork({ spec, checkout: shop.checkout, env: shop.env, onLine: () => undefined });
    for (const name of ['committed', 'new'])
      expect(await readFile(join(spec.path, `${name}.bin`), 'utf8')).toBe(`${name}\n`);
    await shop.git(spec.path, 'lfs', 'fsck');
    expect(await shop.git(spec.path, 'status', '--porcelain')).toBe('?? new.bin');
    expect(lfs.downloads).toBe(1);
  });

  it('leaves pointers where the user skips them', async () => {
    await shop.clone({}, { env: { ...shop.env, GIT_LFS_SKIP_SMUDGE: '1' } });
    expect(await readFile(join(shop.spec().path, 'large.bin'), 'utf8')).toContain('git-lfs.github.com/spec');
    expect(lfs.downloads).toBe(0);
  });

  it('count as work of their clone until another store has them, though their pointer was pushed', async () => {
    await clones('one');
    const tree = shop.path('work', 'one');
    const place = { repo: shop.origin, checkout: shop.checkout, cacheDir: shop.path('cache'), env: shop.env };
    const risks = async (): Promise<readonly TreeRisk[]> =>
      readTreeRisks(await realpath(tree), {
        base: null,
        include: [],
        checkout: shop.checkout,
        remote: await readRemoteNow(place),
        env: shop.env,
      });
    expect(await risks()).toEqual([]);
    await writeFile(join(tree, 'own.bin'), randomBytes(1000));
    await shop.git(tree, 'add', 'own.bin');
    await shop.git(tree, 'commit', '-q', '-m', 'Add a large file');
    await shop.git(tree, 'push', '-q', '--no-verify', 'origin', 'HEAD');
    const found = await risks();
    expect(found).toMatchObject([{ kind: 'large', count: 1 }]);
    const [id = ''] = found[0]?.samples ?? [];
    const below = join('lfs', 'objects', id.slice(0, 2), id.slice(2, 4), id);
    const mirrored = join((await shop.fill()).path, below);
    await mkdir(dirname(mirrored), { recursive: true });
    await copyFile(join(tree, '.git', below), mirrored);
    expect(await risks()).toEqual([]);
    await rm(mirrored);
  });

  it('are kept in the mirror when they come into a clone, and those made there are not', async () => {
    await clones('one');
    const [tree, mirror] = [shop.path('work', 'one'), await shop.fill()];
    const put = async (letter: string): Promise<string> => {
      const below = join('lfs', 'objects', letter.repeat(2), letter.repeat(2), letter.repeat(64));
      await mkdir(dirname(join(tree, '.git', below)), { recursive: true });
      await writeFile(join(tree, '.git', below), letter);
      return join(mirror.path, below);
    };
    const own = await put('a');
    let come = '';
    await keepingFetched(tree, mirror, async () => {
      come = await put('b');
    });
    expect([existsSync(own), existsSync(come)]).toEqual([false, true]);
  });
});
