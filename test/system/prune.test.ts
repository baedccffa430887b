import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PRUNE_STEPS } from '../../src/status/closing.ts';
import { sampled } from '../support/sampled.ts';
import { makeDisturbed } from './disturbed.ts';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => (bench = await makeBench()));
afterEach(() => bench.dispose());

const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);
const archives = async (): Promise<string[]> => (await readdir(workspace('.closed')).catch(() => [])).sort();

async function up(isolation: string, ids: readonly string[]): Promise<void> {
  const panes = ['keep', ...ids].map(
    (id) => `  - { name: ${id}, id: ${id}, component: web, run: sleep 100000, branch: work/${id} }`,
  );
  await bench.layout(`name: shop\nstrategy: component\nisolation: ${isolation}\npanes:\n${panes.join('\n')}\n`);
  await bench.ok('up', 'shop.yaml', '--detach', '--yes');
}

async function commit(id: string): Promise<void> {
  await writeFile(workspace(id, 'README.md'), `work of ${id}\n`);
  await bench.git(workspace(id), 'commit', '-q', '-a', '-m', `Work of ${id}`);
}

/** Brings a branch to origin's main as forges do: one commit with another message. */
async function squash(id: string): Promise<void> {
  await bench.git(bench.checkout, 'fetch', '-q', workspace(id), `work/${id}:refs/squash/${id}`);
  await bench.git(bench.checkout, 'merge', '-q', '--squash', `refs/squash/${id}`);
  await bench.git(bench.checkout, 'commit', '-q', '-m', `Squashed ${id}`);
  await bench.git(bench.checkout, 'update-ref', '-d', `refs/squash/${id}`);
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'main');
}

it('ls --closed shows what is unmerged, prune deletes what is merged by content and nothing else, and an id that is gone stays closed', async () => {
  await up('clone', ['merged', 'pushed', 'mine']);
  for (const id of ['merged', 'pushed', 'mine']) await commit(id);
  await squash('merged');
  await bench.git(workspace('pushed'), 'push', '-q', 'origin', 'HEAD');
  for (const id of ['merged', 'pushed', 'mine']) await bench.ok('close', id, '--yes');

  const listed = JSON.parse((await bench.ok('ls', '--closed', '--json')).stdout) as {
    closed: { id: string; unmerged: boolean; bytes: number }[];
  };
  expect(listed.closed.map(({ id, unmerged }) => [id, unmerged])).toEqual([
    ['merged', false],
    ['pushed', false],
    ['mine', true],
  ]);
  expect(listed.closed.every(({ bytes }) => bytes > 0)).toBe(true);

  expect((await bench.ok('prune')).stderr).toContain('nothing was closed more than 14d ago');
  const asked = await bench.ct(['prune', '--older-than', '0d']);
  expect(asked.code).toBe(1);
  expect(await archives()).toHaveLength(6);

  const { stdout } = await bench.ok('prune', '--older-than', '0d', '--yes');
  expect(stdout.replace(/-\d{8}T\d{6}Z/g, '').replace(/[0-9a-f]{7,12} /g, '')).toBe(
    [
      'merged: deleted, all its work is merged or pushed\n  "main": pushed to origin/main\n  "work/merged": same patch as in origin/main\n',
      'pushed: deleted, all its work is merged or pushed\n  "main": pushed to origin/main\n  "work/pushed": pushed to origin/work/pushed\n',
      'mine: stays\n  1 unmerged commit on "work/mine": Work of mine\n',
    ].join(''),
  );
  expect((await archives()).map((name) => name.replace(/-.*Z/, ''))).toEqual(['mine', 'mine.json']);
  expect((await bench.ok('up', '--detach')).stderr).toContain('nothing to do');
  expect((await bench.ct(['undo', 'merged'])).stderr).toContain('is no longer in');
  await bench.ok('undo', 'mine');
  expect(existsSync(workspace('mine', 'README.md'))).toBe(true);
}, 180_000);

it("a clone of the user's own that was in its place, with what git ignores there, is never deleted", async () => {
  await bench.git(bench.sandbox.root, 'clone', '-q', '--', bench.remote, workspace('own'));
  await bench.git(workspace('own'), 'checkout', '-q', '-b', 'work/own');
  await mkdir(workspace('own', 'node_modules'));
  await writeFile(workspace('own', 'node_modules', 'patched.js'), 'by hand\n');
  await up('clone', ['own']);
  await bench.ok('close', 'own', '--yes');
  for (const more of [[], ['--shrink']])
    expect((await bench.ct(['prune', '--older-than', '0d', '--yes', ...more])).stdout).toMatch(
      /^own-\S+: stays\n {2}cannot tell whether what git ignores in it is needed: claude-tmux did not make it/,
    );
  await bench.ok('undo', 'own', '--yes');
  expect(existsSync(workspace('own', 'node_modules', 'patched.js'))).toBe(true);
});

it('what was merged by a branch that the remote has deleted since is not deleted unless its content is in the base', async () => {
  await up('clone', ['gone']);
  await commit('gone');
  await bench.git(workspace('gone'), 'push', '-q', 'origin', 'HEAD');
  await bench.ok('close', 'gone', '--yes');
  await bench.git(bench.remote, 'branch', '-q', '-D', 'work/gone');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain('stays');
  expect(await archives()).toHaveLength(2);
});

it('what was pushed is not deleted while the remote cannot be asked whether it still has it', async () => {
  await up('clone', ['pushed']);
  await commit('pushed');
  await bench.git(workspace('pushed'), 'push', '-q', 'origin', 'HEAD');
  await bench.ok('close', 'pushed', '--yes');
  await bench.git(bench.remote, 'branch', '-q', '-D', 'work/pushed');
  await rename(bench.remote, `${bench.remote}.away`);
  for (const more of [[], ['--shrink']])
    expect((await bench.ok('prune', '--older-than', '0d', '--yes', ...more)).stdout).toContain(
      'stays\n  cannot tell what the remote still has: it could not be asked\n',
    );
  expect(await archives()).toHaveLength(2);
  await rename(`${bench.remote}.away`, bench.remote);
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain(
    '1 unmerged commit on "work/pushed"',
  );
  expect(await archives()).toHaveLength(2);
});

it('a worktree goes without its branch while the remote cannot be asked', async () => {
  await up('worktree', ['pushed']);
  await commit('pushed');
  await bench.git(workspace('pushed'), 'push', '-q', 'origin', 'HEAD');
  await bench.ok('close', 'pushed', '--yes');
  await rename(bench.remote, `${bench.remote}.away`);
  await bench.ok('prune', '--older-than', '0d', '--yes');
  expect(await archives()).toEqual([]);
  expect(await bench.git(bench.checkout, 'log', '-1', '--format=%s', 'work/pushed')).toBe('Work of pushed');
});

it('a worktree goes with its branch when that is merged, and without it when it is not; the list of git is true', async () => {
  await up('worktree', ['merged', 'mine']);
  for (const id of ['merged', 'mine']) await commit(id);
  await bench.git(bench.checkout, 'merge', '-q', '--no-ff', '-m', 'Merge', 'work/merged');
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'main');
  for (const id of ['merged', 'mine']) await bench.ok('close', id, '--yes');
  const { stdout } = await bench.ok('prune', '--older-than', '0d', '--yes');
  expect(stdout.replace(/-\d{8}T\d{6}Z/g, '').replace(/[0-9a-f]{7,12} /g, '')).toBe(
    'merged: deleted, and its branch "work/merged", all of which is merged or pushed\n  "work/merged": ancestor of origin/main\nmine: deleted, its branch "work/mine" stays in the checkout\n  1 unmerged commit on "work/mine": Work of mine\n',
  );
  expect(await archives()).toEqual([]);
  expect((await bench.git(bench.checkout, 'branch', '--format=%(refname:short)')).split('\n').sort()).toEqual([
    'main',
    'work/keep',
    'work/mine',
  ]);
  expect(await bench.git(bench.checkout, 'worktree', 'list')).not.toMatch(/closed|prunable/);
});

it('a prune of a worktree that was killed after any step loses neither its commits nor its branch, and the next one ends it', async () => {
  await up('worktree', ['work']);
  await commit('work');
  const tip = await bench.git(workspace('work'), 'rev-parse', 'HEAD');
  await bench.ok('close', 'work', '--yes');
  const disturbed = await makeDisturbed(bench);
  for (const step of sampled(['set-aside', 'mark-deleted', 'note-gone'], (one) => one === 'set-aside')) {
    if ((await archives()).length === 0) {
      await bench.ok('up', '--only', 'work', '--detach', '--yes');
      await bench.ok('close', 'work', '--yes');
    }
    expect([step, (await disturbed.run('prune', 'delete', { after: step, what: 'kill' })).code]).toEqual([step, null]);
    await bench.ok('prune', '--older-than', '0d', '--yes');
    expect([step, await archives()]).toEqual([step, []]);
    expect(await bench.git(bench.checkout, 'rev-parse', 'refs/heads/work/work')).toBe(tip);
    expect(await bench.git(bench.checkout, 'worktree', 'list')).not.toMatch(/closed|prunable/);
  }
}, 180_000);

it.each(['delete', 'shrink'])(
  'a prune that was killed after any step (%s) has lost nothing, and the next one ends it',
  async (how) => {
    await up('clone', ['work']);
    const disturbed = await makeDisturbed(bench);
    const steps = PRUNE_STEPS.filter((one) => how === 'shrink' || !one.endsWith('-kept'));
    for (const step of sampled(steps, (one) => one === (how === 'shrink' ? 'write-kept' : 'set-aside'))) {
      if (!existsSync(workspace('work'))) await bench.ok('up', '--only', 'work', '--detach', '--yes');
      if (how === 'shrink') await writeFile(workspace('work', 'new.txt'), 'mine\n');
      await bench.ok('close', 'work', '--yes');
      expect([step, (await disturbed.run('prune', how, { after: step, what: 'kill' })).code]).toEqual([step, null]);
      if (step === 'set-aside') {
        // Not past its last check: it can still be brought back.
        await bench.ok('undo', 'work');
        await bench.ok('close', 'work', '--yes');
      }
      await bench.ok('prune', '--older-than', '0d', '--yes', ...(how === 'shrink' ? ['--shrink'] : []));
      const names = (await archives()).filter((name) => !name.endsWith('.json'));
      expect([step, names.filter((name) => !name.endsWith('.kept'))]).toEqual([step, []]);
      if (how === 'shrink')
        expect(existsSync(workspace('.closed', names.at(-1) ?? 'none', 'files', 'new.txt'))).toBe(true);
    }
  },
  180_000,
);

it.each([
  ['blanks', '    two()\n', '        two()\n'],
  ['line ends', 'two()\n', 'two()\r\n'],
])('what differs from a commit of the base by %s alone is not deleted', async (_what, theirs, mine) => {
  await up('clone', ['apart']);
  await writeFile(workspace('apart', 'README.md'), `# Shop\n${mine}`);
  await bench.git(workspace('apart'), 'commit', '-q', '-a', '-m', 'Mine');
  await writeFile(join(bench.checkout, 'README.md'), `# Shop\n${theirs}`);
  await bench.git(bench.checkout, 'commit', '-q', '-a', '-m', 'Theirs');
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'main');
  expect((await bench.ok('close', 'apart', '--yes')).stdout).toContain('1 unmerged commit on "work/apart"');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain(
    '1 unmerged commit on "work/apart"',
  );
  expect(await archives()).toHaveLength(2);
});

it('a clone on a branch without a commit stays whole when it is to be shrunk, and the reason is a sentence', async () => {
  await up('clone', ['unborn']);
  await bench.git(workspace('unborn'), 'checkout', '-q', '--orphan', 'new');
  await writeFile(workspace('unborn', 'new.txt'), 'mine\n');
  await bench.git(workspace('unborn'), 'add', 'new.txt');
  await bench.ok('close', 'unborn', '--yes');
  const { stdout } = await bench.ct(['prune', '--older-than', '0d', '--yes', '--shrink']);
  expect(stdout).toMatch(/stays, .* stands on a branch without a commit, which no bundle holds/);
  expect(stdout).not.toContain('git ');
  expect((await archives()).filter((name) => !name.endsWith('.json'))).toHaveLength(1);
});

it('what was pushed to a further remote only is not deleted: nobody has asked that one whether it still has it', async () => {
  await up('clone', ['forked']);
  await commit('forked');
  const fork = bench.sandbox.path('remote', 'fork.git');
  await bench.git(bench.checkout, 'clone', '-q', '--bare', bench.remote, fork);
  await bench.git(workspace('forked'), 'remote', 'add', 'fork', fork);
  await bench.git(workspace('forked'), 'push', '-q', 'fork', 'HEAD');
  await bench.git(fork, 'branch', '-q', '-D', 'work/forked');
  await bench.ok('close', 'forked', '--yes');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain('Work of forked');
  expect(await archives()).toHaveLength(2);
});

it('a worktree with submodules, nested ones too, is read in its archive, comes back and goes', async () => {
  const bare = async (name: string, fill: (folder: string) => Promise<void>): Promise<string> => {
    const [work, remote] = [bench.sandbox.path('made', name), bench.sandbox.path('remote', `${name}.git`)];
    await bench.git(bench.sandbox.root, 'clone', '-q', bench.remote, work);
    await fill(work);
    await bench.git(bench.sandbox.root, 'clone', '-q', '--bare', work, remote);
    return remote;
  };
  const withModule =
    (path: string, remote: string) =>
    async (folder: string): Promise<void> => {
      await bench.git(folder, '-c', 'protocol.file.allow=always', 'submodule', '-q', 'add', remote, path);
      await bench.git(folder, 'commit', '-q', '-m', `With ${path}`);
    };
  const inner = await bare('inner', () => Promise.resolve());
  const outer = await bare('outer', withModule('deep', inner));
  await withModule('libs/outer', outer)(bench.checkout);
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'main');
  await bench.git(bench.sandbox.root, 'config', '--global', 'protocol.file.allow', 'always');
  await up('worktree', ['work']);
  const deep = workspace('work', 'libs', 'outer', 'deep');
  const links = (): Promise<string[]> =>
    Promise.all([workspace('work', 'libs', 'outer', '.git'), join(deep, '.git')].map((file) => readFile(file, 'utf8')));
  const before = await links();
  await writeFile(join(deep, 'mine.txt'), 'mine\n');
  await bench.ok('close', 'work', '--yes');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toMatch(
    /stays\n[^]*1 untracked file in "libs\/outer\/deep": mine\.txt\n$/,
  );
  await bench.ok('undo', 'work', '--yes');
  expect(await links()).toEqual(before);
  expect(await bench.git(deep, 'status', '--porcelain')).toBe('?? mine.txt');
  await rm(join(deep, 'mine.txt'));
  await bench.ok('close', 'work', '--yes');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain(': deleted');
  expect(await archives()).toEqual([]);
  expect(await bench.git(bench.checkout, 'worktree', 'list')).not.toMatch(/closed|prunable/);
});

it('what a submodule has on a branch that its remote may have lost is not deleted', async () => {
  const sub = bench.sandbox.path('remote', 'sub.git');
  await bench.git(bench.checkout, 'clone', '-q', '--bare', bench.remote, sub);
  await up('clone', ['outer']);
  await bench.git(workspace('outer'), '-c', 'protocol.file.allow=always', 'submodule', '-q', 'add', sub, 'sub');
  await bench.git(workspace('outer'), 'commit', '-q', '-m', 'A submodule');
  await bench.git(workspace('outer'), 'push', '-q', 'origin', 'HEAD');
  const inner = workspace('outer', 'sub');
  await writeFile(join(inner, 'README.md'), 'inner work\n');
  await bench.git(inner, 'checkout', '-q', '-b', 'sb');
  await bench.git(inner, 'commit', '-q', '-a', '-m', 'Inner work');
  await bench.git(inner, 'push', '-q', 'origin', 'sb');
  await bench.git(sub, 'branch', '-q', '-D', 'sb');
  await bench.git(workspace('outer'), 'submodule', '-q', 'update');
  await bench.ok('close', 'outer', '--yes');
  expect((await bench.ok('prune', '--older-than', '0d', '--yes')).stdout).toContain('Inner work');
  expect(await archives()).toHaveLength(2);
});
