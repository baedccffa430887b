import { spawn } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTree } from '../../src/git/tree.ts';
import { eventually } from '../support/eventually.ts';
import { makeShop, type Shop } from './fixture.ts';

let shop: Shop;
beforeEach(async () => {
  shop = await makeShop();
});
afterEach(() => shop.dispose());

/** A program of its own that makes one clone, so that it can be killed as no test can kill itself. */
async function buildCloner(): Promise<string> {
  const outfile = shop.path('cloner.cjs');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const contents = `
    import { makeClone } from './src/git/clone.ts';
    const options = JSON.parse(process.argv[2]);
    void makeClone({ ...options, env: process.env, onLine: () => undefined });
  `;
  await build({ stdin: { contents, resolveDir: root, loader: 'ts' }, bundle: true, platform: 'node', format: 'cjs', target: 'node20', outfile, logLevel: 'silent' });
  return outfile;
}

it('a clone whose makers were all killed looks absent, and the next attempt makes it and clears up', async () => {
  const { env, path } = shop;
  await mkdir(path('template', 'hooks'), { recursive: true });
  await writeFile(path('template', 'hooks', 'post-checkout'), `#!/bin/sh\ntouch '${path('started')}'\nexec sleep 30\n`, { mode: 0o755 });
  const mirror = await shop.fill();
  const spec = shop.spec();
  const options = JSON.stringify({ mirror, spec, basePath: null, checkout: shop.checkout });
  const child = spawn(process.execPath, [await buildCloner(), options], { env: { ...env, GIT_TEMPLATE_DIR: path('template') }, detached: true, stdio: 'ignore' });
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
