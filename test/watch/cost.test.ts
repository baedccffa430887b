import { appendFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { git } from '../support/repo.ts';
import type { Sandbox } from '../support/sandbox.ts';
import { followed, makeClones, type Followed } from './followed.ts';

let sandbox: Sandbox;
let clone: string;
let live: Followed;
beforeEach(async () => {
  const made = await makeClones(1);
  sandbox = made.sandbox;
  clone = made.clones[0] ?? '';
  await git(clone, ['checkout', '-q', '--no-track', '-b', 'feature/x'], sandbox.env);
  live = await followed([clone], { env: await withLog(), limits: { gapMs: 0 } });
});
afterEach(async () => {
  live.trees.close();
  await sandbox.dispose();
});

/** The environment with a git that notes each of its processes. */
async function withLog(): Promise<Sandbox['env']> {
  const script = `#!/bin/sh\necho "$*" >> '${sandbox.path('log')}'\nPATH='${sandbox.env.PATH}'; export PATH\nexec git "$@"\n`;
  await mkdir(sandbox.path('bin'));
  await writeFile(sandbox.path('bin', 'git'), script, { mode: 0o755 });
  return { ...sandbox.env, PATH: `${sandbox.path('bin')}:${sandbox.env.PATH}` };
}

/** The git commands that were run meanwhile, `settle` included. */
async function asked(act: () => Promise<unknown>): Promise<readonly string[]> {
  await live.trees.settle();
  await writeFile(sandbox.path('log'), '');
  await act();
  await live.trees.settle();
  const lines = (await readFile(sandbox.path('log'), 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => line.replace(/^-C \S+ (?:--\S+ |-c \S+ )*(\S+).*$/, '$1'));
}

const inClone = (...args: string[]) => git(clone, args, sandbox.env);

it('an edit costs one git process, also on a branch without an upstream; nothing costs none', async () => {
  expect(await asked(() => appendFile(join(clone, 'src/a.txt'), 'edited\n'))).toEqual(['status']);
  expect(await asked(() => Promise.resolve())).toEqual([]);
  expect(live.trees.reading(clone)).toMatchObject({ status: { ahead: 0, behind: 0, changes: 1 } });
});

it('what happens in an ignored folder costs nothing but one look when it comes', async () => {
  expect(await asked(() => mkdir(join(clone, 'node_modules/x/y'), { recursive: true }))).toEqual([
    'check-ignore',
    'status',
  ]);
  expect(await asked(() => writeFile(join(clone, 'node_modules/x/y/z.js'), ''))).toEqual([]);
});

it('a log in a tracked folder that is written again and again soon costs nothing', async () => {
  const write = () => appendFile(join(clone, 'src/server.log'), 'line\n');
  for (const act of [write, write, write, write]) await asked(act);
  expect(await asked(write)).toEqual([]);
  // Until it is one that shows.
  await inClone('add', '--force', 'src/server.log');
  await live.exact(clone, { staged: 1 });
  await asked(write);
  await live.exact(clone, { changes: 1 });
  await writeFile(join(clone, '.gitignore'), '');
  await live.exact(clone, { changes: 2 });
});

it('a git status of somebody else, which writes the index, makes no circle', async () => {
  const names = (await inClone('ls-files', '-z')).split('\0').filter(Boolean);
  // Content as it was, but long before the index was written: what is of the same second git would look at again and again.
  for (const name of names) await utimes(join(clone, name), 1_000_000_000, 1_000_000_000);
  expect(await asked(() => inClone('status'))).toContain('status');
  expect(await asked(() => Promise.resolve())).toEqual([]);
  expect(await asked(() => inClone('status'))).toEqual([]);
});

it('a count against the base is made anew when a ref changes, whatever HEAD is', async () => {
  await inClone('commit', '-q', '--allow-empty', '-m', 'Ahead');
  await live.exact(clone, { ahead: 1 });
  await inClone('update-ref', 'refs/remotes/origin/main', 'HEAD');
  await live.exact(clone, { ahead: 0 });
  await inClone('update-ref', '-d', 'refs/remotes/origin/main');
  await live.exact(clone, { ahead: null });
});

it('a whole tree under one watch, as on macOS, tells the same', async () => {
  live.trees.close();
  live = await followed([clone], { env: sandbox.env, wholeTrees: true });
  await appendFile(join(clone, 'src/deep/er/c.txt'), 'edited\n');
  await live.told(clone, { changes: 1 });
  await inClone('checkout', '-q', '-b', 'other');
  await live.told(clone, { branch: 'other' });
  await inClone('commit', '-qam', 'Work');
  await live.told(clone, { ahead: 1, changes: 0 });
});
