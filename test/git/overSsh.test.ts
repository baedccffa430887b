import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeWorktree } from '../../src/git/worktree.ts';
import { shellWord } from '../../src/base/shellText.ts';
import { eventually } from '../support/eventually.ts';
import { startTmux } from '../support/privateTmux.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
let env: Record<string, string>;
const repo = 'git@example.com:shop.git';

/** A stand-in for ssh: keeps its arguments, may ask for a passphrase as ssh does, and runs the remote command here. */
beforeEach(async () => {
  shop = await makeShop();
  const { path } = shop;
  await mkdir(path('bin'));
  await writeFile(
    path('bin', 'ssh'),
    `#!/bin/sh
printf '%s\\n' "$*" >> ${shellWord(path('ssh.args'))}
while [ -e ${shellWord(path('slow'))} ]; do sleep 0.05; done
if [ -e ${shellWord(path('locked'))} ]; then
  case "$*" in *BatchMode=yes*) echo 'Permission denied (publickey).' >&2; exit 255;; esac
  printf 'Enter passphrase: ' > /dev/tty; read -r word < /dev/tty
  [ "$word" = sesame ] || exit 255
fi
exec git-upload-pack ${shellWord(shop.origin)}
`,
    { mode: 0o755 },
  );
  env = { ...shop.env, PATH: `${path('bin')}:${shop.env['PATH']}` };
  await shop.git(shop.checkout, 'remote', 'set-url', 'origin', repo);
});
afterEach(() => shop.dispose());

const connections = async () => (await readFile(shop.path('ssh.args'), 'utf8')).trim().split('\n');

it('one connection fetches everything and tells the default branch; it asks nothing', async () => {
  await shop.git(shop.origin, 'branch', 'another-at-the-same-commit', 'main');
  expect(await shop.fill({ repo, env })).toMatchObject({
    usable: true,
    head: 'main',
    branches: ['another-at-the-same-commit', 'existing', 'main'],
  });
  expect(await connections()).toHaveLength(1);
  expect((await connections())[0]).toContain('BatchMode=yes');
});

it('a new default branch is noticed without a second connection', async () => {
  await shop.fill({ repo, env });
  await shop.git(shop.origin, 'symbolic-ref', 'HEAD', 'refs/heads/existing');
  expect(await shop.fill({ repo, env })).toMatchObject({ head: 'existing' });
  expect(await connections()).toHaveLength(2);
});

it('two fleets of one repository at once connect once; a later one connects again', async () => {
  const waiting: string[] = [];
  const wait = { repo, env, shares: true, onLine: (line: string) => waiting.push(line) };
  await writeFile(shop.path('slow'), '');
  const first = shop.fill({ repo, env, shares: true });
  await eventually(connections);
  const second = shop.fill(wait);
  await eventually(() => expect(waiting).toEqual([expect.stringContaining(`fetching "${repo}"`)]));
  await rm(shop.path('slow'));
  expect(await second).toEqual(await first);
  expect(await connections()).toHaveLength(1);
  await shop.fill(wait);
  expect(await connections()).toHaveLength(2);
});

it('clones need no connection at all, and fetch from the real URL later', async () => {
  await shop.clone({ repo }, { mirror: await shop.fill({ repo, env }), env });
  expect(await connections()).toHaveLength(1);
  expect(await shop.git(shop.spec().path, 'remote', 'get-url', 'origin')).toBe(repo);
});

it('a key with a passphrase fails in words when nobody can be asked', async () => {
  await writeFile(shop.path('locked'), '');
  await expect(shop.fill({ repo, env })).rejects.toThrow(
    `the repository "${repo}" could not be fetched: git@example.com: Permission denied`.slice(0, 60),
  );
});

it('the fetch has the terminal: a passphrase typed there is enough, once', async () => {
  await writeFile(shop.path('locked'), '');
  const program = await buildFiller();
  const options = JSON.stringify({ repo, checkout: shop.checkout, cacheDir: shop.path('cache'), terminal: true });
  const tmux = startTmux(shop.sandbox);
  const command = `env PATH=${shellWord(env['PATH'] ?? '')} ${[process.execPath, program, options].map(shellWord).join(' ')}; sleep 60`;
  await tmux.run('new-session', '-d', '-x', '200', '-y', '50', command);
  const screen = () => tmux.run('capture-pane', '-p');
  await eventually(async () => expect(await screen()).toContain('Enter passphrase:'));
  await tmux.run('send-keys', 'sesame', 'Enter');
  await eventually(async () => expect(await screen()).toContain('HEAD IS main'));
  expect(await connections()).toHaveLength(1);
});

it('submodules behind a passphrase: none is asked for beside the progress display, and the terminal is enough afterwards', async () => {
  const lib = 'git@example.com:lib.git';
  const id = await shop.git(shop.checkout, 'rev-parse', 'HEAD');
  await writeFile(shop.path('my checkout', '.gitmodules'), `[submodule "lib"]\n\tpath = lib\n\turl = ${lib}\n`);
  await shop.git(shop.checkout, 'add', '.gitmodules');
  await shop.git(shop.checkout, 'update-index', '--add', '--cacheinfo', `160000,${id},lib`);
  await shop.git(shop.checkout, 'commit', '-q', '-m', 'A submodule');
  await shop.git(shop.checkout, 'push', '-q', shop.origin, 'HEAD:main');
  const mirror = await shop.fill({ repo, env });
  await writeFile(shop.path('locked'), '');
  const lacking: string[] = [];
  const made = [await shop.clone({ repo }, { mirror, env, onLacking: (words) => lacking.push(words) })];
  await shop.git(shop.checkout, 'fetch', '-q', shop.origin, '+refs/heads/*:refs/remotes/origin/*');
  const spec = shop.spec({
    path: shop.path('worktree'),
    branch: 'feature/web',
    base: { kind: 'branch', name: 'main' },
  });
  made.push(
    await makeWorktree({
      spec,
      checkout: shop.checkout,
      env,
      onLine: () => undefined,
      onLacking: (words) => lacking.push(words),
    }),
  );
  expect(made.map(({ notes }) => notes)).toEqual(lacking.map((words) => [words]));
  expect(lacking.join()).toMatch(
    /submodules are not all there: .*Permission denied.*submodules are not all there: .*Permission denied/s,
  );
  expect((await connections()).every((line) => line.includes('BatchMode=yes'))).toBe(true);
  const program = await bundle(`
    import { askForSubmodules } from './src/git/submodules.ts';
    void askForSubmodules(process.argv[2], { env: process.env, checkout: null }).then((left) => console.log('LEFT IS', left));
  `);
  const tmux = startTmux(shop.sandbox);
  const command = `env PATH=${shellWord(env['PATH'] ?? '')} ${[process.execPath, program, shop.spec().path].map(shellWord).join(' ')}; sleep 60`;
  await tmux.run('new-session', '-d', '-x', '200', '-y', '50', command);
  const screen = () => tmux.run('capture-pane', '-p');
  await eventually(async () => expect(await screen()).toContain('Enter passphrase:'));
  await tmux.run('send-keys', 'sesame', 'Enter');
  await eventually(async () => expect(await screen()).toContain('LEFT IS null'));
  expect(await shop.git(shop.spec().path, 'submodule', 'status')).toMatch(/^ [0-9a-f]{40} lib/);
});

async function buildFiller(): Promise<string> {
  return bundle(`
    import { fillMirror } from './src/git/mirror.ts';
    void fillMirror({ ...JSON.parse(process.argv[2]), env: process.env, onLine: () => undefined }).then(({ head }) => console.log('HEAD IS', head));
  `);
}

async function bundle(contents: string): Promise<string> {
  const outfile = shop.path('program.cjs');
  const resolveDir = fileURLToPath(new URL('../..', import.meta.url));
  await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}
