import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { mirrorPath } from '../../src/git/mirror.ts';
import { gitSince } from '../support/gitSince.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

const refs = async (mirror: string) => (await shop.git(mirror, 'for-each-ref', '--format=%(refname)')).split('\n');

describe('a mirror', () => {
  it('holds the branches and tags of the remote, its default branch, and neither its URL nor other refs', async () => {
    await shop.git(shop.origin, 'update-ref', 'refs/pull/1/head', 'main');
    const mirror = await shop.fill();
    expect(mirror).toMatchObject({ usable: true, head: 'main', branches: ['existing', 'main'] });
    expect(await refs(mirror.path)).toEqual([
      'refs/claude-tmux/HEAD',
      'refs/heads/existing',
      'refs/heads/main',
      'refs/tags/v1',
    ]);
    expect(await readFile(join(mirror.path, 'config'), 'utf8')).not.toContain('servers');
    expect(await shop.git(mirror.path, 'config', 'gc.auto')).toBe('0');
  });

  it('is filled from the checkout first: the fetch that follows brings only what is new', async () => {
    const lines: string[] = [];
    await shop.fill({ onLine: (line) => lines.push(line) });
    expect(lines.filter((line) => /Receiving|Unpacking|Counting objects/.test(line))).toEqual([]);
  });

  it('never takes unpushed work of the checkout', async () => {
    await shop.git(shop.checkout, 'checkout', '-q', '-b', 'private');
    await shop.git(shop.checkout, 'commit', '-q', '--allow-empty', '-m', 'Private');
    await shop.git(shop.checkout, 'tag', 'private-tag');
    const mirror = await shop.fill();
    expect(mirror.branches).toEqual(['existing', 'main']);
    expect(await refs(mirror.path)).not.toContain('refs/tags/private-tag');
  });

  it('follows the remote: new, moved, deleted branches, and a new default branch', async () => {
    await shop.fill();
    await shop.git(shop.origin, 'branch', '-D', 'existing');
    await shop.git(shop.origin, 'branch', 'existing/below', 'v1');
    await shop.git(shop.origin, 'symbolic-ref', 'HEAD', 'refs/heads/existing/below');
    const repo = pathToFileURL(shop.origin).href;
    expect(await shop.fill()).toMatchObject({ head: 'existing/below', branches: ['existing/below', 'main'] });
    expect(await shop.fill({ repo })).toMatchObject({ head: 'existing/below' });
  });

  it('is one for all spellings of a path', async () => {
    const [one, two] = [await shop.fill(), await shop.fill({ repo: pathToFileURL(shop.origin).href })];
    expect(two.path).toBe(one.path);
  });

  it('can be filled by two at once', async () => {
    const [one, two] = await Promise.all([shop.fill(), shop.fill({ onLine: () => undefined })]);
    expect(two).toEqual(one);
  });

  it('is made anew when it is damaged', async () => {
    const { path } = await shop.fill();
    await rm(join(path, 'objects', 'pack'), { recursive: true });
    expect(await shop.fill()).toMatchObject({ usable: true, branches: ['existing', 'main'] });
    await rm(join(path, 'HEAD'));
    expect(await shop.fill()).toMatchObject({ usable: true, branches: ['existing', 'main'] });
  });

  it('is not stopped by what a killed fetch left behind', async () => {
    const { path } = await shop.fill();
    const left = [
      join(path, 'packed-refs.lock'),
      join(path, 'refs', 'heads', 'main.lock'),
      join(path, 'objects', 'pack', 'tmp_pack_x'),
    ];
    for (const file of left) await writeFile(file, '');
    await shop.git(shop.origin, 'branch', 'new', 'v1');
    expect((await shop.fill()).branches).toContain('new');
    for (const file of left) await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('works where git is told to trust no bare repository it finds', async () => {
    await shop.git(shop.checkout, 'config', '--global', 'safe.bareRepository', 'explicit');
    await shop.clone();
    expect(await shop.git(shop.spec().path, 'status', '--porcelain')).toBe('');
  });
});

describe.runIf(gitSince(2, 29))('a repository of another hash', () => {
  it.each([
    ['a path', () => shop.path('sha256.git')],
    ['a URL of which nothing is known before', () => 'git@example.com:sha256.git'],
  ])('(SHA-256) has a mirror and clones of that hash: %s', async (_what, repo) => {
    const { env, path } = shop;
    await shop.git(shop.sandbox.root, 'init', '-q', '--object-format=sha256', path('sha256'));
    await shop.git(path('sha256'), 'commit', '-q', '--allow-empty', '-m', 'First');
    await shop.git(shop.sandbox.root, 'clone', '-q', '--bare', path('sha256'), path('sha256.git'));
    await mkdir(path('bin'));
    await writeFile(path('bin', 'ssh'), `#!/bin/sh\nexec git-upload-pack '${path('sha256.git')}'\n`, { mode: 0o755 });
    const mirror = await shop.fill({
      repo: repo(),
      checkout: null,
      env: { ...env, PATH: `${path('bin')}:${env.PATH}` },
    });
    await shop.clone({ repo: repo() }, { mirror, checkout: null });
    expect(await shop.git(shop.spec().path, 'rev-parse', 'HEAD')).toHaveLength(64);
    expect(await shop.git(shop.spec().path, 'fsck', '--full', '--no-progress')).toBe('');
  });
});

describe('a server', () => {
  it('that hides refs, refuses filters, or has names that differ in case only, is mirrored as it shows itself', async () => {
    await shop.git(shop.origin, 'config', 'transfer.hideRefs', 'refs/heads/secret');
    for (const name of ['secret/plan', 'Feature', 'feature', 'FEATURE/x'])
      await shop.git(shop.origin, 'branch', name, 'v1');
    const { branches } = await shop.fill();
    expect(branches).toEqual(['FEATURE/x', 'Feature', 'existing', 'feature', 'main']);
    await shop.clone({ branch: 'FEATURE/x' });
    expect(await shop.git(shop.spec().path, 'status', '--porcelain', '--branch')).toBe(
      '## FEATURE/x...origin/FEATURE/x',
    );
  });

  it('with a shallow or a partial checkout gives whole clones', async () => {
    await shop.git(shop.origin, 'config', 'uploadpack.allowFilter', 'true');
    await shop.git(shop.origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
    for (const [index, way] of ['--depth=1', '--filter=blob:none'].entries()) {
      const repo = pathToFileURL(shop.origin).href;
      const checkout = shop.path(`checkout${index}`);
      await shop.git(shop.sandbox.root, 'clone', '-q', way, repo, checkout);
      const mirror = await shop.fill({ repo, checkout, cacheDir: shop.path(`cache${index}`) });
      const path = shop.path('work', String(index));
      await shop.clone({ repo, path }, { mirror, checkout });
      expect(await shop.git(path, 'fsck', '--full', '--no-dangling', '--no-progress')).toBe('');
      expect(await shop.git(path, 'rev-parse', '--is-shallow-repository')).toBe('false');
    }
  });
});

describe('a source that gives no whole mirror', () => {
  it('(partial) is refused, with where it came from', async () => {
    await shop.git(shop.origin, 'config', 'uploadpack.allowFilter', 'true');
    const [partial, repo] = [shop.path('partial'), pathToFileURL(shop.origin).href];
    await shop.git(shop.sandbox.root, 'clone', '-q', '--no-checkout', '--filter=blob:none', repo, partial);
    await expect(shop.fill({ repo: partial })).rejects.toMatchObject({
      message: `the repository "${partial}" is a partial clone: it has not all files that a clone needs`,
      hint: `name the repository it was cloned from in the layout: repo: ${repo}`,
    });
  });

  it('(shallow) is cloned itself', async () => {
    const shallow = shop.path('shallow');
    await shop.git(shop.sandbox.root, 'clone', '-q', '--depth', '1', pathToFileURL(shop.origin).href, shallow);
    const mirror = await shop.fill({ repo: shallow });
    expect(mirror.usable).toBe(false);
    await shop.clone({ repo: shallow }, { mirror, checkout: null });
    expect(await shop.git(shop.spec().path, 'status', '--porcelain', '--branch')).toBe('## feature/api');
    expect(await shop.git(shop.spec().path, 'remote', 'get-url', 'origin')).toBe(shallow);
  });
});

describe('bad input', () => {
  const failure = async (run: Promise<unknown>): Promise<UserError> => {
    const error = await run.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof UserError)) throw new Error(`no UserError but ${String(error)}`);
    return error;
  };

  it('a repository that is not there is named, with the words of git', async () => {
    const { message, hint } = await failure(shop.fill({ repo: shop.path('nowhere'), checkout: null }));
    expect(message).toContain(`the repository "${shop.path('nowhere')}" could not be fetched: `);
    expect(message).toContain('does not appear to be a git repository');
    expect(hint).toContain('`repo`');
  });

  it('a host that does not exist is named, without the password in the URL', async () => {
    const { message } = await failure(shop.fill({ repo: 'https://me:s3cret@nowhere.invalid/x.git', checkout: null }));
    expect(message).toContain('https://***@nowhere.invalid/x.git');
    expect(message).not.toContain('s3cret');
  });

  it('an ssh host is never asked for anything: no prompt, an error in words', async () => {
    const { env, path } = shop;
    await mkdir(path('bin'));
    await writeFile(
      path('bin', 'ssh'),
      `#!/bin/sh\nprintf '%s\\n' "$*" > '${path('ssh.args')}'\necho 'Permission denied (publickey).' >&2\nexit 255\n`,
      { mode: 0o755 },
    );
    const { message, hint } = await failure(
      shop.fill({ repo: 'git@example.com:team/shop.git', env: { ...env, PATH: `${path('bin')}:${env.PATH}` } }),
    );
    expect(message).toContain('Permission denied (publickey)');
    expect(hint).toContain('check your access');
    expect(await readFile(path('ssh.args'), 'utf8')).toContain('-o BatchMode=yes');
  });

  it.runIf(gitSince(2, 31))("the checkout's own ssh command is used for the mirror too", async () => {
    const { env, path } = shop;
    await mkdir(path('bin'));
    await writeFile(path('bin', 'wrapper'), `#!/bin/sh\nprintf '%s\\n' "$*" > '${path('ssh.args')}'\nexit 255\n`, {
      mode: 0o755,
    });
    await shop.git(shop.checkout, 'config', 'core.sshCommand', `'${path('bin', 'wrapper')}' -i work-key`);
    await failure(shop.fill({ repo: 'git@example.com:team/shop.git', env }));
    expect(await readFile(path('ssh.args'), 'utf8')).toContain('-i work-key');
  });

  it('a repository without commits says so', async () => {
    const empty = shop.path('empty.git');
    await shop.git(shop.sandbox.root, 'init', '-q', '--bare', empty);
    const { message, hint } = await failure(shop.fill({ repo: empty, checkout: null }));
    expect(message).toBe(`the repository "${empty}" is empty: it has no branch to start from`);
    expect(hint).toBe('make a first commit and push it');
  });

  it('a default branch that does not exist is told when a clone needs it, and a named base helps', async () => {
    await shop.git(shop.origin, 'symbolic-ref', 'HEAD', 'refs/heads/gone');
    const mirror = await shop.fill();
    expect(mirror).toMatchObject({ usable: true, head: null });
    const { message, hint } = await failure(shop.clone({}, { mirror }));
    expect(message).toContain('has no default branch for "feature/api" to start from');
    expect(hint).toBe('name one in the layout: base: BRANCH');
    expect((await shop.clone({ base: { kind: 'branch', name: 'main' } }, { mirror })).start).toBe('origin/main');
  });

  it('text that looks like an option is taken as a repository', async () => {
    const canary = shop.path('pwned');
    await failure(shop.fill({ repo: `--upload-pack=touch ${canary}`, checkout: null }));
    await failure(shop.fill({ repo: `ext::sh -c touch% ${canary}`, checkout: null }));
    await expect(stat(canary)).rejects.toThrow('ENOENT');
  });

  it('a cache that cannot be written is named', async () => {
    await writeFile(shop.path('cache'), '');
    const { message } = await failure(shop.fill());
    expect(message).toContain(shop.path('cache'));
  });

  it('git that is not installed is said with how to install it', async () => {
    const { message, hint } = await failure(shop.fill({ env: { ...shop.env, PATH: '/nonexistent' } }));
    expect(message).toBe('git is not installed');
    expect(hint).toContain('nstall');
  });
});

describe('the name of a mirror', () => {
  const cache = '/c';
  it.each([
    ['https://example.com/team/shop.git', 'https://example.com/team/shop', true],
    ['https://me:pw@EXAMPLE.com:443/team/shop.git/', 'ssh://git@example.com/team/shop', true],
    ['git@example.com:team/shop.git', 'git@example.com:/team/shop.git', false],
    ['https://example.com/team/shop', 'https://example.com/team/shop2', false],
    ['ssh://example.com:2222/a', 'ssh://example.com/a', false],
  ])('%s and %s: the same is %s', (one, two, same) => {
    expect(mirrorPath(one, cache) === mirrorPath(two, cache)).toBe(same);
  });
});
