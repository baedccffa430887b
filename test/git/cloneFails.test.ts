import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { mirrorPath } from '../../src/git/mirror.ts';
import { eventually } from '../support/eventually.ts';
import { makeRepo } from '../support/repo.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const workspace = () => shop.path('work space');
const api = (...args: string[]) => shop.git(shop.spec().path, ...args);

describe('what goes wrong', () => {
  it('in the mirror is mended: a damaged pack is noticed, the clone comes from the repository', async () => {
    const mirror = await shop.fill();
    const packs = join(mirror.path, 'objects', 'pack');
    for (const name of await readdir(packs)) {
      await chmod(join(packs, name), 0o600);
      if (name.endsWith('.pack')) await writeFile(join(packs, name), 'PACK damaged');
    }
    const report = await shop.clone({}, { mirror });
    expect(report.notes).toEqual([
      `the mirror "${mirror.path}" was damaged and is removed; the clone came from the repository itself`,
    ]);
    await api('fsck', '--full');
    await expect(stat(mirror.path)).rejects.toThrow('ENOENT');
    expect((await shop.fill()).usable).toBe(true);
  });

  it('with the workspace says so: a file stands where a folder is needed', async () => {
    await writeFile(workspace(), '');
    const wrong = shop.clone();
    await expect(wrong).rejects.toBeInstanceOf(UserError);
    await expect(wrong).rejects.toThrow(workspace());
  });

  it('with a submodule does not spoil the clone', async () => {
    const { env, path } = shop;
    await makeRepo(path('lib'), { env });
    await shop.git(shop.checkout, 'submodule', '--quiet', 'add', '--', path('lib'), 'lib');
    await shop.git(shop.checkout, 'commit', '-q', '-m', 'A submodule');
    await shop.git(shop.checkout, 'push', '-q');
    expect((await shop.clone()).notes).toEqual([]);
    expect(await readFile(join(shop.spec().path, 'lib', 'README.md'), 'utf8')).toBe('# A project\n');
    await rm(path('lib'), { recursive: true });
    const { notes } = await shop.clone({ path: join(workspace(), 'second') });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('submodules are not all there');
    expect(await readFile(join(workspace(), 'second', 'README.md'), 'utf8')).toBe('# Shop\n');
  });
});

describe('an interrupt', () => {
  it('in the middle of a clone leaves nothing behind', async () => {
    const { env, path } = shop;
    await mkdir(path('template', 'hooks'), { recursive: true });
    await writeFile(
      path('template', 'hooks', 'post-checkout'),
      `#!/bin/sh\ntouch '${path('started')}'\nexec sleep 20\n`,
      { mode: 0o755 },
    );
    const mirror = await shop.fill();
    const stop = new AbortController();
    const cut = shop.clone({}, { mirror, env: { ...env, GIT_TEMPLATE_DIR: path('template') }, signal: stop.signal });
    const ended = expect(cut).rejects.toThrow('Ctrl-C');
    await eventually(() => stat(path('started')));
    stop.abort(new Error('Ctrl-C'));
    await ended;
    expect(await readdir(workspace())).toEqual([]);
    expect((await shop.clone({}, { mirror })).made).toBe(true);
  });

  it('before a clone has begun starts nothing', async () => {
    const mirror = await shop.fill();
    const stop = new AbortController();
    stop.abort(new Error('Ctrl-C'));
    await expect(shop.clone({}, { mirror, signal: stop.signal })).rejects.toThrow('Ctrl-C');
    expect(await readdir(workspace())).toEqual([]);
  });
});

describe('half a clone', () => {
  it("of a process that is gone is removed; a live one's and the user's own files stay", async () => {
    const partial = join(workspace(), '.claude-tmux-partial');
    await mkdir(join(partial, 'api~999999999~123~abc', '.git'), { recursive: true });
    await mkdir(join(partial, 'notes'), { recursive: true });
    await symlink(shop.checkout, join(partial, 'x~999999998~1~y'));
    await shop.clone();
    expect(await readdir(partial)).toEqual(['notes']);
    expect(await readFile(join(shop.checkout, 'README.md'), 'utf8')).toBe('# Shop\n');
  });

  it('names a mirror by the repository', () => {
    expect(mirrorPath('git@example.com:team/shop.git', '/c')).toMatch(/^\/c\/mirrors\/shop-[0-9a-f]{12}\.git$/);
  });
});
