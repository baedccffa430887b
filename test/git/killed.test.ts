import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTree } from '../../src/git/tree.ts';
import { eventually } from '../support/eventually.ts';
import { output } from '../support/run.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

/** A program of its own that fetches (unless it is given a mirror) and makes one clone, so that it can be killed as no test can kill itself. */
async function buildCloner(): Promise<string> {
  const outfile = shop.path('cloner.cjs');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const contents = `
    import { makeClone } from './src/git/clone.ts';
    import { fillMirror } from './src/git/mirror.ts';
    const options = { ...JSON.parse(process.argv[2]), env: process.env, onLine: () => undefined };
    const run = async () => makeClone({ ...options, mirror: options.mirror ?? (await fillMirror({ ...options, repo: options.spec.repo, terminal: false })) });
    run().catch((error) => { console.error(error); process.exitCode = 1; });
  `;
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    outfile,
    logLevel: 'silent',
  });
  return outfile;
}

it('a clone whose makers were all killed looks absent, and the next attempt makes it and clears up', async () => {
  const { env, path } = shop;
  await mkdir(path('template', 'hooks'), { recursive: true });
  await writeFile(
    path('template', 'hooks', 'post-checkout'),
    `#!/bin/sh\ntouch '${path('started')}'\nexec sleep 30\n`,
    { mode: 0o755 },
  );
  const mirror = await shop.fill();
  const spec = shop.spec();
  const options = JSON.stringify({ mirror, spec, basePath: null, checkout: shop.checkout });
  const child = spawn(process.execPath, [await buildCloner(), options], {
    env: { ...env, GIT_TEMPLATE_DIR: path('template') },
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await eventually(() => stat(path('started')));
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await ended;

  expect(await readTree(spec.path, { repo: shop.origin, env })).toEqual({ kind: 'absent' });
  const folder = path('work space', '.claude-tmux-partial');
  expect(await readdir(folder)).toHaveLength(1);

  expect((await shop.clone({}, { mirror })).made).toBe(true);
  expect(await readdir(path('work space'))).toEqual(['api']);
  expect(await shop.git(spec.path, 'status', '--porcelain', '--branch')).toBe('## feature/api');
});

it('whatever git command all are killed at, while fetching or cloning, the next run ends as if nothing had been', async () => {
  const { env, path } = shop;
  const [program, spec] = [await buildCloner(), shop.spec()];
  const real = (await output('sh', ['-c', 'command -v git'], { env })).trim();
  await mkdir(path('bin'));
  // Every other one is killed a moment after its git has begun.
  const shim = `#!/bin/sh\nprintf . >> "$CALLS"\nn=$(wc -c < "$CALLS")\n[ "$n" != "$KILL_AT" ] || { [ $((n % 2)) = 0 ] || { ${real} "$@" & sleep 0.01; }; kill -9 0; }\nexec ${real} "$@"\n`;
  await writeFile(path('bin', 'git'), shim, { mode: 0o755 });
  const options = JSON.stringify({ spec, basePath: null, checkout: shop.checkout, cacheDir: path('cache') });
  const start = (killAt: number) => {
    const more = { PATH: `${path('bin')}:${env.PATH}`, CALLS: path('calls'), KILL_AT: String(killAt) };
    const child = spawn(process.execPath, [program, options], {
      env: { ...env, ...more },
      detached: true,
      stdio: 'ignore',
    });
    return new Promise<number | null>((resolve) => child.once('exit', resolve));
  };
  for (let at = 1; ; at++) {
    for (const name of ['cache', 'work space', 'calls']) await rm(path(name), { recursive: true, force: true });
    if ((await start(at)) === 0) break;
    expect((await readFile(path('calls'))).length).toBeGreaterThanOrEqual(at);
    expect(await start(0), `the run after one killed at command ${at}`).toBe(0);
    expect(await readdir(path('work space'))).toEqual(['api']);
    expect(await shop.git(spec.path, 'status', '--porcelain', '--branch')).toBe('## feature/api');
    const mirrors = await readdir(path('cache', 'mirrors'));
    expect(mirrors.filter((name) => !name.includes('.lock.'))).toHaveLength(1);
    for (const where of [spec.path, path('cache', 'mirrors', mirrors[0] ?? '')])
      expect(await shop.git(where, 'fsck', '--full', '--no-dangling', '--no-progress')).toBe('');
  }
  expect((await readFile(path('calls'))).length).toBeGreaterThan(15);
}, 300_000);
