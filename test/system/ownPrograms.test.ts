import { appendFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => (bench = await makeBench()));
afterEach(() => bench.dispose());

const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);
const marks = (): string => bench.sandbox.path('ran');

/** A program that leaves a file of its name, and passes its input on. */
async function program(name: string): Promise<string> {
  const path = bench.sandbox.path(`program-${name}`);
  await writeFile(path, `#!/bin/sh\n: >'${marks()}/${name}'\n[ -t 0 ] || cat\n`, { mode: 0o755 });
  return path;
}

/** Keys that git takes at the same time; what one of them hides is another set. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  'filters, drivers and hooks': [
    'core.fsmonitor',
    'filter.x.clean',
    'filter.x.smudge',
    'diff.x.textconv',
    'merge.x.driver',
    'core.pager',
    'core.editor',
    'sequence.editor',
    'gpg.program',
    'credential.helper',
    'core.askPass',
    'core.sshCommand',
    'remote.origin.uploadpack',
    'remote.origin.receivepack',
    'uploadpack.packObjectsHook',
    'alias.status',
    'alias.fetch',
  ],
  'long-running filters and external programs': [
    'filter.x.process',
    'diff.external',
    'diff.x.command',
    'core.gitProxy',
    'core.alternateRefsCommand',
    'interactive.diffFilter',
    'trailer.x.command',
    'submodule.sub.update',
    'gpg.ssh.program',
    'pager.status',
    'pager.diff',
    'pager.log',
  ],
  'another transport': ['url', 'pushurl', 'vcs'],
};

async function setUp(keys: readonly string[]): Promise<void> {
  const config = (key: string, value: string): Promise<string> =>
    bench.git(workspace('own'), 'config', '--add', key, value);
  await mkdir(marks());
  await mkdir(bench.sandbox.path('hooks'));
  for (const hook of [
    'pre-commit',
    'post-checkout',
    'post-merge',
    'post-rewrite',
    'reference-transaction',
    'post-index-change',
    'pre-auto-gc',
    'pre-push',
  ]) {
    await writeFile(bench.sandbox.path('hooks', hook), `#!/bin/sh\n: >'${marks()}/hook-${hook}'\n`, { mode: 0o755 });
  }
  await config('core.hooksPath', bench.sandbox.path('hooks'));
  await config('log.showSignature', 'true');
  await config('protocol.ext.allow', 'always');
  await appendFile(workspace('own', '.git', 'info', 'attributes'), '* filter=x diff=x merge=x\n');
  for (const key of keys) {
    const path = await program(key);
    if (key === 'url') await config(`url.ext::${path} .insteadOf`, bench.remote);
    else if (key === 'pushurl') await config('remote.origin.pushurl', `ext::${path}`);
    else if (key === 'vcs') await config('remote.origin.vcs', path);
    else await config(key, key.startsWith('alias.') || key === 'submodule.sub.update' ? `!${path}` : path);
  }
}

/** A git without our care runs some of them: the table can fail. */
async function expectGitRunsThem(): Promise<void> {
  for (const args of [['status'], ['diff'], ['fetch', 'origin']])
    await bench.git(workspace('own'), ...args).catch(() => undefined);
  expect(await readdir(marks())).not.toEqual([]);
  await rm(marks(), { recursive: true });
  await mkdir(marks());
}

/** Each command that asks a clone something, or changes it; what refuses says why, and has run nothing. */
const VERBS: readonly (readonly string[])[] = [
  ['status'],
  ['explain', 'own'],
  ['diff', 'own'],
  ['doctor'],
  ['ls'],
  ['plan', 'shop.yaml'],
  ['sync', 'own', '--mode', 'merge'],
  ['sync', 'own'],
  ['task', 'own', 'Next', '--yes'],
  ['restart', 'own', '--yes'],
  ['rename', 'own', 'Its own'],
  ['close', 'own', '--yes'],
  ['ls', '--closed'],
  ['undo', 'own', '--yes'],
  ['down', 'shop', '--yes'],
  ['up', 'shop.yaml', '--detach', '--yes'],
  ['close', 'own', '--yes'],
  ['prune', '--older-than', '0d', '--yes', '--shrink'],
];

it.each(Object.keys(SETS))(
  "of a clone's own configuration no command runs anything: %s",
  async (set) => {
    const panes = ['keep', 'own'].map(
      (id) => `  - { name: ${id}, id: ${id}, component: web, run: sleep 100000, branch: work/${id} }`,
    );
    await bench.layout(`name: shop\nstrategy: component\npanes:\n${panes.join('\n')}\n`);
    await bench.ok('up', 'shop.yaml', '--detach', '--yes');
    await writeFile(workspace('own', 'README.md'), 'ours\n');
    await bench.git(workspace('own'), 'commit', '-qam', 'Ours');
    await writeFile(join(bench.checkout, 'theirs.txt'), 'theirs\n');
    for (const args of [
      ['add', 'theirs.txt'],
      ['commit', '-q', '-m', 'Theirs'],
      ['push', '-q', 'origin', 'main'],
    ])
      await bench.git(bench.checkout, ...args);
    await writeFile(workspace('own', 'web', 'index.html'), '<p>mine\n');
    await setUp(SETS[set] ?? []);
    await expectGitRunsThem();
    for (const verb of VERBS) {
      const { code, stderr } = await bench.ct(verb);
      expect([verb, await readdir(marks())]).toEqual([verb, []]);
      expect([verb, code === 0 || stderr.trim() !== '' || verb[0] === 'doctor' || verb[0] === 'sync']).toEqual([
        verb,
        true,
      ]);
    }
  },
  180_000,
);
