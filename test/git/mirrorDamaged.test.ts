import { existsSync } from 'node:fs';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

async function objects(mirror: string): Promise<readonly string[]> {
  const names = await readdir(join(mirror, 'objects'), { recursive: true });
  return names
    .filter((name) => /\.pack$|^[0-9a-f]{2}\/[0-9a-f]+$/.test(name))
    .map((name) => join(mirror, 'objects', name));
}

async function loose(mirror: string): Promise<void> {
  for (const name of ['main', 'existing'])
    await writeFile(
      join(mirror, 'refs', 'heads', name),
      `${(await shop.git(shop.origin, 'rev-parse', name)).trim()}\n`,
    );
}

const DAMAGE: readonly (readonly [string, (mirror: string) => Promise<unknown>])[] = [
  [
    'a branch that holds nothing',
    (mirror) => loose(mirror).then(() => truncate(join(mirror, 'refs', 'heads', 'main'))),
  ],
  ['a branch that holds zeros', (mirror) => writeFile(join(mirror, 'refs', 'heads', 'main'), Buffer.alloc(41))],
  ['a branch that holds garbage', (mirror) => writeFile(join(mirror, 'refs', 'heads', 'main'), 'garbage\n')],
  [
    'a branch that leads to no object',
    (mirror) => writeFile(join(mirror, 'refs', 'heads', 'main'), `${'1'.repeat(40)}\n`),
  ],
  ['packed refs that are damaged', (mirror) => writeFile(join(mirror, 'packed-refs'), 'garbage\n')],
  ['an empty HEAD', (mirror) => truncate(join(mirror, 'HEAD'))],
  ['an empty configuration', (mirror) => writeFile(join(mirror, 'config'), '[core\n')],
  ['objects that are gone', async (mirror) => Promise.all((await objects(mirror)).map((path) => rm(path)))],
  [
    'objects that are cut off',
    async (mirror) => Promise.all((await objects(mirror)).map((path) => truncate(path, 20))),
  ],
];

describe('a mirror that a power cut has damaged is made again', () => {
  it.each(DAMAGE)('%s', async (_, damage) => {
    const { path } = await shop.fill();
    await damage(path);
    await shop.git(shop.checkout, 'commit', '-q', '--allow-empty', '-m', 'Newer');
    await shop.git(shop.checkout, 'push', '-q');
    const mirror = await shop.fill();
    expect(mirror.branches).toContain('main');
    await shop.clone({}, { mirror });
    expect(await shop.git(shop.spec().path, 'log', '-1', '--format=%s')).toBe(
      await shop.git(shop.checkout, 'log', '-1', '--format=%s'),
    );
    expect(await shop.git(path, '--git-dir', path, 'fsck', '--full')).not.toMatch(/error|missing/);
  });

  it('and not when the repository itself cannot be reached', async () => {
    const { path } = await shop.fill();
    const before = await readFile(join(path, 'config'), 'utf8');
    await writeFile(join(path, 'mark'), '');
    await rm(shop.origin, { recursive: true });
    await expect(shop.fill()).rejects.toThrow('could not be fetched');
    expect(existsSync(join(path, 'mark'))).toBe(true);
    expect(await readFile(join(path, 'config'), 'utf8')).toBe(before);
  });
});
