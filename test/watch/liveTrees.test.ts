import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
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
  live = await followed([clone], { env: sandbox.env });
});
afterEach(async () => {
  live.trees.close();
  await sandbox.dispose();
});

const at = (...args: string[]) => git(clone, args, sandbox.env);
const write = (name: string, text: string) => writeFile(join(clone, name), text);
const make = (name: string) => mkdir(join(clone, name), { recursive: true });

describe('what happens in a clone is told', () => {
  it('an edit, a new file, a deletion, a rename', async () => {
    await live.told(clone, { branch: 'main', changes: 0 });
    await write('src/deep/er/c.txt', 'edited\n');
    await live.told(clone, { changes: 1 });
    await write('docs/new.txt', '');
    await live.told(clone, { changes: 2, untracked: 1 });
    await rm(join(clone, 'src/a.txt'));
    await live.told(clone, { changes: 3 });
    await at('mv', 'src/b.txt', 'src/e.txt');
    await live.told(clone, { changes: 4, staged: 1 });
    expect(live.problems).toEqual([]);
  });

  it('the first file in a folder that was empty, however deep, and the last one gone from it', async () => {
    await make('fresh/one/two');
    await live.exact(clone, { changes: 0 });
    await write('fresh/one/two/x', '');
    await live.told(clone, { untracked: 1 });
    await rm(join(clone, 'fresh/one/two/x'));
    await live.told(clone, { untracked: 0 });
    await make('src/deep/er/still');
    await live.exact(clone, { changes: 0 });
    await write('src/deep/er/still/x', '');
    await live.told(clone, { untracked: 1 });
  });

  it('a commit, an amend, a soft reset, a branch, a tracked folder that is replaced', async () => {
    await write('src/a.txt', 'one\n');
    await at('commit', '-qam', 'One');
    await live.told(clone, { changes: 0, ahead: 1 });
    await at('commit', '-q', '--amend', '-m', 'Two', '--allow-empty');
    await live.told(clone, { ahead: 1 });
    await at('reset', '-q', '--soft', 'HEAD~1');
    await live.told(clone, { ahead: 0, staged: 1 });
    await at('checkout', '-q', '-b', 'feature/x');
    await live.told(clone, { branch: 'feature/x' });
    await rename(join(clone, 'src'), join(clone, 'was'));
    await live.told(clone, { untracked: 1 });
    await make('src/deep');
    await live.exact(clone);
    await write('src/a.txt', 'a\n');
    await live.told(clone);
    await write('src/deep/new', '');
    await live.told(clone, { untracked: 2 });
  });

  it('a fetch, and a push, which change nothing but refs', async () => {
    await at('commit', '-q', '--allow-empty', '-m', 'Ahead');
    await live.told(clone, { ahead: 1 });
    await at('push', '-q', 'origin', 'HEAD:refs/heads/other/name');
    await at('branch', '-q', '--set-upstream-to=origin/other/name');
    await live.told(clone, { ahead: 0 });
    await git(sandbox.path('seed'), ['commit', '-q', '--allow-empty', '-m', 'More'], sandbox.env);
    await at('branch', '-q', '--set-upstream-to=origin/main');
    await live.told(clone, { ahead: 1, behind: 0 });
    await at('fetch', '-q');
    await live.told(clone, { ahead: 1, behind: 1 });
  });
});

describe('what a repository has besides files', () => {
  const conflict = async () => {
    await at('checkout', '-q', '-b', 'other');
    await write('src/a.txt', 'theirs\n');
    await at('commit', '-qam', 'Theirs');
    await at('checkout', '-q', 'main');
    await write('src/a.txt', 'ours\n');
    await at('commit', '-qam', 'Ours');
  };

  it('a rebase that stops at a conflict and is given up, a merge, a cherry-pick', async () => {
    await conflict();
    await live.told(clone, { changes: 0, ahead: 1 });
    for (const operation of ['rebase', 'merge', 'cherry-pick']) {
      await expect(at(operation, 'other')).rejects.toThrow();
      await live.told(clone, { operation, conflicts: 1 });
      await at(operation, '--abort');
      await live.told(clone, { operation: null, conflicts: 0, branch: 'main' });
    }
  });

  it('what .gitignore and info/exclude say, and folders that are no longer ignored', async () => {
    await make('node_modules/x');
    await write('node_modules/x/y', '');
    await live.exact(clone, { changes: 0 });
    await write('.gitignore', '');
    await live.told(clone, { changes: 2, untracked: 1 });
    await rm(join(clone, 'node_modules/x/y'));
    await live.told(clone, { changes: 1 });
    await write('notes.txt', '');
    await live.told(clone, { changes: 2 });
    await write('.git/info/exclude', 'notes.txt\n');
    await live.told(clone, { changes: 1 });
  });

  it('a submodule: added, edited, committed in, made dirty by a new file', async () => {
    await at('submodule', '--quiet', 'add', sandbox.path('seed'), 'lib');
    await live.told(clone, { staged: 2 });
    await at('commit', '-qm', 'Library');
    await live.told(clone, { changes: 0 });
    await write('lib/src/deep/er/c.txt', 'edited\n');
    await live.told(clone, { changes: 1 });
    await git(join(clone, 'lib'), ['checkout', '-q', '--', '.'], sandbox.env);
    await live.told(clone, { changes: 0 });
    await git(join(clone, 'lib'), ['commit', '-q', '--allow-empty', '-m', 'Inside'], sandbox.env);
    await live.told(clone, { changes: 1 });
  });

  it('a linked worktree: its own HEAD and index, the refs of the repository it belongs to', async () => {
    const side = sandbox.path('side tree');
    await at('worktree', 'add', '-q', '-b', 'side', side);
    live.trees.follow([clone, side].map((path) => ({ path, base: null })));
    await live.exact(side, { branch: 'side', ahead: 0 });
    await writeFile(join(side, 'src/a.txt'), 'edited\n');
    await live.told(side, { changes: 1 });
    await git(side, ['commit', '-qam', 'Beside'], sandbox.env);
    await live.told(side, { changes: 0, ahead: 1 });
    await at('update-ref', 'refs/heads/side', 'HEAD');
    await live.told(side, { ahead: 0 });
    await git(side, ['checkout', '-q', '--detach'], sandbox.env);
    await live.told(side, { branch: null });
    await live.told(clone, { branch: 'main' });
  });
});

it('a clone whose .git is broken has an error until it is mended', async () => {
  await rename(join(clone, '.git/HEAD'), join(clone, '.git/HEAD.away'));
  await eventually(() => expect(live.trees.reading(clone)).toHaveProperty('error'));
  await rename(join(clone, '.git/HEAD.away'), join(clone, '.git/HEAD'));
  await live.exact(clone, { branch: 'main' });
  await rename(clone, `${clone} away`);
  await eventually(() => expect(live.trees.reading(clone)).toHaveProperty('error'));
  await rename(`${clone} away`, clone);
  await live.told(clone, { changes: 0 });
  await write('src/deep/er/c.txt', 'edited\n');
  await live.told(clone, { changes: 1 });
});

it('a clone that is deleted has an error, and is there again when it is made again', async () => {
  await rm(clone, { recursive: true, force: true });
  await eventually(() => expect(live.trees.reading(clone)).toHaveProperty('error'));
  await git(sandbox.root, ['clone', '-q', '--', sandbox.path('seed'), clone], sandbox.env);
  await live.told(clone, { changes: 0 });
  await write('src/a.txt', 'edited\n');
  await live.told(clone, { changes: 1 });
});
