import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRefFile } from '../../src/git/refFile.ts';
import { readTreeStatus } from '../../src/git/treeStatus.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const at = (...args: string[]) => shop.git(shop.checkout, ...args);
const read = (ref: string) => readRefFile(join(shop.checkout, '.git'), ref);

it('reads the commit of a ref as git does: loose, packed, behind a link, and one that was packed and has moved since', async () => {
  const first = (await at('rev-parse', 'HEAD')).trim();
  await at('branch', 'side/a');
  await at('remote', 'set-head', 'origin', 'main');
  expect([read('refs/heads/side/a'), read('refs/remotes/origin/HEAD')]).toEqual([first, first]);
  await at('pack-refs', '--all');
  expect([read('refs/heads/side/a'), read('refs/remotes/origin/HEAD'), read('refs/remotes/origin/main')]).toEqual([
    first,
    first,
    first,
  ]);
  await at('commit', '-q', '--allow-empty', '-m', 'Next');
  expect(read('refs/heads/main')).toBe((await at('rev-parse', 'HEAD')).trim());
});

it('knows nothing of a ref that is not there, or is a folder, or a part of another name', async () => {
  await at('branch', 'side/a');
  expect([read('refs/heads/none'), read('refs/heads/side')]).toEqual([null, null]);
  await at('pack-refs', '--all');
  expect([read('heads/side/a'), read('refs/heads/side')]).toEqual([null, null]);
});

it('spares the process that counts commits while a branch is where its base is', async () => {
  await at('checkout', '-q', '--no-track', '-b', 'feature/x', 'origin/main');
  const log = shop.path('asked');
  const git = shop.path('counting', 'git');
  await mkdir(shop.path('counting'));
  await writeFile(git, `#!/bin/sh\necho x >>'${log}'\nPATH=\${PATH#*:} exec git "$@"\n`);
  await chmod(git, 0o755);
  const env = { ...shop.env, PATH: `${shop.path('counting')}:${shop.env.PATH ?? ''}` };
  const processes = async () => (await readFile(log, 'utf8')).length / 2;
  expect(await readTreeStatus(shop.checkout, { base: 'main', env })).toMatchObject({ ahead: 0, behind: 0 });
  expect(await processes()).toBe(1);
  await at('commit', '-q', '--allow-empty', '-m', 'Ahead');
  expect(await readTreeStatus(shop.checkout, { base: 'main', env })).toMatchObject({ ahead: 1, behind: 0 });
  expect(await processes()).toBe(3);
});
