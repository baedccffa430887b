import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLocalSettings } from '../../src/git/localSettings.ts';
import { makeWorktree } from '../../src/git/worktree.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const NAME = '.claude/settings.local.json';
const ALLOWED = '{"permissions":{"allow":["Bash(npm test:*)"]}}\n';

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(shop.checkout, name)), { recursive: true });
  await writeFile(join(shop.checkout, name), text);
}

const exclude = (): Promise<void> => put('.git/info/exclude', '**/.claude/settings.local.json\n');
const find = (...dirs: string[]) => findLocalSettings(shop.checkout, { dirs, env: shop.env });
const inClone = (name: string) => join(shop.spec().path, name);

describe("the checkout's local settings", () => {
  it('are those that git ignores, at the root and where agents start', async () => {
    await put(NAME, ALLOWED);
    await put(`web/${NAME}`, ALLOWED);
    await put(`other/${NAME}`, ALLOWED);
    expect(await find('', 'web', 'gone')).toEqual([]);
    await exclude();
    expect(await find('', 'web', 'gone')).toEqual([NAME, `web/${NAME}`]);
  });

  it('are none where the repository has the file itself, or a folder is called so', async () => {
    await exclude();
    await put(NAME, ALLOWED);
    await shop.git(shop.checkout, 'add', '-f', NAME);
    await mkdir(join(shop.checkout, 'web', NAME), { recursive: true });
    expect(await find('web')).toEqual([]);
  });

  it('come into a new clone with their mode and do not count as a change there', async () => {
    await exclude();
    await put(NAME, ALLOWED);
    await chmod(join(shop.checkout, NAME), 0o600);
    const report = await shop.clone({}, { localSettings: [NAME] });
    expect(report).toMatchObject({ carried: expect.arrayContaining([NAME]) as unknown, notes: [] });
    expect(await readFile(inClone(NAME), 'utf8')).toBe(ALLOWED);
    expect((await stat(inClone(NAME))).mode & 0o777).toBe(0o600);
    expect(await shop.git(shop.spec().path, 'status', '--porcelain')).toBe('');
  });

  it('are never put over a file that the branch has', async () => {
    await shop.git(shop.checkout, 'checkout', '-q', '-b', 'with-settings');
    await put(NAME, '{"own":true}\n');
    await shop.git(shop.checkout, 'add', '-f', NAME);
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'Settings of the branch');
    await shop.git(shop.checkout, 'push', '-q', 'origin', 'with-settings');
    await shop.git(shop.checkout, 'checkout', '-q', 'main');
    await exclude();
    await put(NAME, ALLOWED);
    const report = await shop.clone({ branch: 'with-settings' }, { localSettings: await find('') });
    expect(report.notes).toEqual([`${NAME} was not carried over: the clone has its own`]);
    expect(await readFile(inClone(NAME), 'utf8')).toBe('{"own":true}\n');
  });

  it('come into a worktree too', async () => {
    await exclude();
    await put(NAME, ALLOWED);
    await makeWorktree({
      spec: shop.spec(),
      checkout: shop.checkout,
      localSettings: [NAME],
      env: shop.env,
      onLine: () => undefined,
    });
    expect(await readFile(inClone(NAME), 'utf8')).toBe(ALLOWED);
    expect(await shop.git(shop.spec().path, 'status', '--porcelain')).toBe('');
  });

  it('stay behind without a yes', async () => {
    await exclude();
    await put(NAME, ALLOWED);
    await shop.clone();
    await expect(stat(inClone(NAME))).rejects.toThrow('ENOENT');
  });
});
