import { execFile } from 'node:child_process';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDamage } from '../../src/git/damage.ts';
import { readTreeRisks } from '../../src/git/treeRisks.ts';
import { makeSyncScene, type SyncScene } from './syncFixture.ts';

let scene: SyncScene;
let gitDir: string;
beforeEach(async () => {
  scene = await makeSyncScene();
  gitDir = join(scene.tree, '.git');
  await scene.commit({ 'mine.txt': 'mine\n' }, 'Mine');
  await scene.upstream({ 'theirs.txt': 'theirs\n' }, 'Theirs');
});
afterEach(() => scene.shop.dispose());

const inGit = (name: string): string => join(gitDir, name);
const empty = (name: string) => () => writeFile(inGit(name), '');
const zeros = (name: string) => () => writeFile(inGit(name), Buffer.alloc(64));
const garbage = (name: string) => () => writeFile(inGit(name), 'garbage\n');
const shell = (command: string) => promisify(execFile)('sh', ['-c', command], { env: scene.shop.env });
const packAll = (): Promise<string> => scene.git('pack-refs', '--all');

interface Row {
  readonly what: string;
  readonly name: string;
  readonly make: () => Promise<unknown>;
}

/** What the next sync makes good by itself. */
const ORIGINS: readonly Row[] = [
  { what: 'empty', name: 'refs/remotes/origin/main', make: empty('refs/remotes/origin/main') },
  { what: 'zeros', name: 'refs/remotes/origin/main', make: zeros('refs/remotes/origin/main') },
  { what: 'garbage', name: 'refs/remotes/origin/main', make: garbage('refs/remotes/origin/main') },
  { what: 'empty', name: 'refs/remotes/origin/existing', make: empty('refs/remotes/origin/existing') },
  { what: 'empty', name: 'refs/remotes/origin/gone', make: empty('refs/remotes/origin/gone') },
  { what: 'empty', name: 'refs/remotes/origin/HEAD', make: empty('refs/remotes/origin/HEAD') },
];

/** What holds the user's work, or says where it is. */
const OWN: readonly Row[] = [
  { what: 'empty', name: 'refs/heads/feature/api', make: empty('refs/heads/feature/api') },
  { what: 'zeros', name: 'refs/heads/feature/api', make: zeros('refs/heads/feature/api') },
  { what: 'garbage', name: 'refs/heads/feature/api', make: garbage('refs/heads/feature/api') },
  { what: 'gone', name: 'refs/heads/feature/api', make: () => rm(inGit('refs/heads/feature/api')) },
  { what: 'empty', name: 'refs/heads/side', make: () => scene.git('branch', 'side').then(empty('refs/heads/side')) },
  { what: 'empty', name: 'HEAD', make: empty('HEAD') },
  { what: 'zeros', name: 'HEAD', make: zeros('HEAD') },
  { what: 'garbage', name: 'HEAD', make: garbage('HEAD') },
  { what: 'empty', name: 'index', make: empty('index') },
  { what: 'zeros', name: 'index', make: zeros('index') },
  {
    what: 'garbage before the refs',
    name: 'packed-refs',
    make: async () =>
      packAll().then(async () =>
        writeFile(inGit('packed-refs'), `garbage\n${await readFile(inGit('packed-refs'), 'utf8')}`),
      ),
  },
  {
    what: 'a line cut off',
    name: 'packed-refs',
    make: async () =>
      packAll().then(async () =>
        writeFile(inGit('packed-refs'), `${await readFile(inGit('packed-refs'), 'utf8')}0123456789`),
      ),
  },
  { what: 'empty', name: 'refs/heads/feature/api', make: () => packAll().then(empty('packed-refs')) },
  { what: 'empty', name: 'config', make: empty('config') },
  { what: 'zeros', name: 'config', make: zeros('config') },
  { what: 'gone', name: 'config', make: () => rm(inGit('config')) },
];

/** The commits of both sides, on the clone's own branch. */
const expectWhole = async (): Promise<void> => {
  expect(await scene.git('log', '-2', '--format=%s')).toBe('Mine\nTheirs');
  expect(await scene.git('status', '--porcelain')).toBe('');
  expect(await scene.git('fsck', '--no-dangling')).not.toMatch(/error|missing|invalid/);
};

it('a clone as it is made has no damage', async () => {
  expect(await findDamage(scene.tree, gitDir)).toEqual([]);
  await packAll();
  expect(await findDamage(scene.tree, gitDir)).toEqual([]);
  await scene.git('checkout', '-q', '--detach');
  expect(await findDamage(scene.tree, gitDir)).toEqual([]);
  await scene.git('checkout', '-q', '--orphan', 'new');
  expect(await findDamage(scene.tree, gitDir)).toEqual([]);
});

describe('sync restores what only follows origin', () => {
  it.each(ORIGINS)('$name: $what', async ({ name, make }) => {
    await make();
    const asked = await scene.sync({ dryRun: true });
    expect([asked.outcome, asked.reason]).toEqual(['failed', expect.stringContaining(`is damaged: its own "${name}"`)]);
    const result = await scene.sync();
    expect([result.outcome, result.notes.join()]).toEqual(['rebased', expect.stringContaining(`its own "${name}"`)]);
    await expectWhole();
    expect(await scene.git('for-each-ref', '--format=%(refname)', 'refs/remotes')).toBe(
      'refs/remotes/origin/HEAD\nrefs/remotes/origin/existing\nrefs/remotes/origin/main',
    );
  });

  it('a branch that is gone on origin, back to the last commit that it led to', async () => {
    await scene.git('push', '-q', 'origin', 'HEAD:refs/heads/spike');
    const id = await scene.git('rev-parse', 'refs/remotes/origin/spike');
    await scene.origin('push', '-q', 'origin', ':spike');
    await writeFile(inGit('refs/remotes/origin/spike'), '');
    await scene.sync();
    expect(await scene.git('rev-parse', 'refs/remotes/origin/spike')).toBe(id);
  });

  it('the note of its own last sync', async () => {
    await scene.sync();
    const notes = inGit('refs/worktree/claude-tmux');
    for (const name of await readdir(notes)) await truncate(join(notes, name));
    await scene.upstream({ 'more.txt': 'more\n' }, 'More');
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased' });
  });
});

describe("what is damaged in the clone's own folder counts as at risk; sync touches nothing and prints the command that repairs it", () => {
  it.each(OWN)('own $name: $what', async ({ name, make }) => {
    await make();
    const risks = await readTreeRisks(scene.tree, {
      base: null,
      include: [],
      checkout: null,
      remote: null,
      env: scene.shop.env,
    });
    expect(risks.map(({ kind }) => kind)).toContain('unknown');
    const { outcome, reason, notes } = await scene.sync();
    expect([outcome, reason]).toEqual(['failed', expect.stringContaining(`is damaged: its own "${name}"`)]);
    expect(reason).toContain(inGit(name));
    expect(reason).not.toContain('mirrors');
    const [, command = ''] = /^to repair: (.*?)( \(.*\)| keeps the whole lines)?$/.exec(notes[0] ?? '') ?? [];
    await shell(command);
    expect(await scene.sync()).toMatchObject({ outcome: 'rebased', made: 1 });
    await expectWhole();
  });
});
