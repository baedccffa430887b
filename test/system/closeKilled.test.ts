import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { closingSteps, undoSteps, type TreeKind } from '../../src/status/closing.ts';
import { sampled } from '../support/sampled.ts';
import { makeBench, type Bench } from './fleet.ts';
import { makeDisturbed, type Disturbed } from './disturbed.ts';

let bench: Bench;
let disturbed: Disturbed;
beforeEach(async () => {
  bench = await makeBench();
  disturbed = await makeDisturbed(bench);
});
afterEach(() => bench.dispose());

const LAYOUT = `
name: shop
strategy: component
isolation: ISOLATION
panes:
  - { name: Keep, id: keep, component: web, run: sleep 100000, branch: work/keep }
  - { name: Work, id: work, component: web, run: sleep 100000, branch: work/work }
`;
const workspace = (...parts: string[]): string => join(bench.sandbox.home, 'workspaces', 'shop', ...parts);

/** Where the tree is, and that everything else says the same: the program, receipts, launch files, git. */
async function whereIsIt(inode: number): Promise<'open' | 'closed'> {
  const known = (await bench.sessions()).map(({ id }) => id);
  const names = await readdir(workspace('.closed')).catch(() => []);
  const slots = names.filter((name) => !name.endsWith('.json'));
  const isOpen = known.includes('work');
  const tree = isOpen ? workspace('work') : workspace('.closed', slots[0] ?? 'none');
  expect((await stat(tree)).ino).toBe(inode);
  expect(await readFile(join(tree, 'new.txt'), 'utf8')).toBe('mine\n');
  expect(await bench.git(tree, 'status', '--porcelain')).toBe('?? new.txt');
  expect(existsSync(workspace('work'))).toBe(isOpen);
  expect(slots).toHaveLength(isOpen ? 0 : 1);
  expect(names.filter((name) => name.endsWith('.json'))).toEqual(slots.map((slot) => `${slot}.json`));
  const fleets = join(bench.env['XDG_STATE_HOME'] ?? '', 'claude-tmux', 'v1', 'fleets');
  const [uuid = ''] = await readdir(fleets);
  expect(existsSync(join(fleets, uuid, 'launch', 'work'))).toBe(isOpen);
  if (!isOpen) expect(existsSync(join(fleets, uuid, 'closed', slots[0] ?? 'none', 'start.sh'))).toBe(true);
  return isOpen ? 'open' : 'closed';
}

/** What git says of worktrees is true of the folder as it stands, and `git worktree prune` takes nothing away. */
async function expectListed(kind: TreeKind, inode: number): Promise<void> {
  if (kind !== 'worktree') return;
  await bench.git(bench.checkout, 'worktree', 'prune');
  const listed = (await bench.git(bench.checkout, 'worktree', 'list', '--porcelain'))
    .split('\n')
    .filter((line) => line.startsWith('worktree '))
    .map((line) => line.slice('worktree '.length));
  const found = await Promise.all(listed.map(async (path) => (await stat(path)).ino));
  expect(found).toContain(inode);
}

it.each(['clone', 'worktree'] as const)(
  'a close of a %s that was killed after any step is settled by the next command, and so is an undo',
  async (kind) => {
    await bench.layout(LAYOUT.replace('ISOLATION', kind));
    await bench.ok('up', 'shop.yaml', '--detach', '--yes');
    const inode = (await stat(workspace('work'))).ino;
    await writeFile(workspace('work', 'new.txt'), 'mine\n');
    if (kind === 'clone') {
      // A worktree inside the clone goes with it.
      await bench.git(workspace('work'), 'worktree', 'add', '-q', '-b', 'inner', 'node_modules/inner');
      await writeFile(workspace('work', 'node_modules', 'inner', 'deep.txt'), 'deep\n');
    }
    for (const step of sampled(closingSteps(kind), (one) => one === 'write-receipt' || one === 'move-tree')) {
      expect([step, (await disturbed.run('close', 'work', { after: step, what: 'kill' })).code]).toEqual([step, null]);
      const now = await whereIsIt(inode);
      expect([step, now]).toEqual([
        step,
        ['move-tree', 'register', 'put-launch-away'].includes(step) ? 'closed' : 'open',
      ]);
      await expectListed(kind, inode);
      if (now === 'open') await bench.ok('close', 'work', '--yes');
      expect(await whereIsIt(inode)).toBe('closed');
      await expectListed(kind, inode);
      if (kind === 'clone') {
        const [slot = ''] = (await readdir(workspace('.closed'))).filter((name) => !name.endsWith('.json'));
        expect(await bench.git(workspace('.closed', slot, 'node_modules', 'inner'), 'status', '--porcelain')).toBe(
          '?? deep.txt',
        );
      }
      await bench.ok('undo', 'work', '--yes');
      expect(await whereIsIt(inode)).toBe('open');
    }
    for (const step of sampled(undoSteps(kind), (one) => one === 'move-tree-back')) {
      await bench.ok('close', 'work', '--yes');
      expect([step, (await disturbed.run('undo', 'work', { after: step, what: 'kill' })).code]).toEqual([step, null]);
      expect([step, await whereIsIt(inode)]).toEqual([step, 'open']);
      await expectListed(kind, inode);
      await bench.ok('up', '--detach', '--yes');
      expect(await bench.tmux.run('list-panes', '-s', '-t', 'shop', '-F', '#{@claude_tmux_id}')).toMatch(/work/);
      if (kind === 'clone')
        expect(await bench.git(workspace('work', 'node_modules', 'inner'), 'status', '--porcelain')).toBe(
          '?? deep.txt',
        );
    }
  },
  300_000,
);

it.each(['check-again', 'write-receipt', 'note-closed'])(
  'a folder that was swapped after "%s" is not moved, and nothing is closed',
  async (step) => {
    await bench.layout(LAYOUT.replace('ISOLATION', 'clone'));
    await bench.ok('up', 'shop.yaml', '--detach', '--yes');
    await mkdir(bench.sandbox.path('other'));
    await writeFile(bench.sandbox.path('other', 'theirs.txt'), 'theirs\n');
    await writeFile(workspace('work', 'new.txt'), 'mine\n');
    const swap = `mv '${workspace('work')}' '${bench.sandbox.path('aside')}' && mv '${bench.sandbox.path('other')}' '${workspace('work')}'`;
    const ended = await disturbed.run('close', 'work', { after: step, what: swap });
    expect(ended.stderr).toContain('another folder has come to stand');
    expect(ended.code).toBe(1);
    expect(await readFile(workspace('work', 'theirs.txt'), 'utf8')).toBe('theirs\n');
    expect(await readFile(bench.sandbox.path('aside', 'new.txt'), 'utf8')).toBe('mine\n');
    expect((await bench.sessions()).map(({ id }) => id)).toEqual(['keep', 'work']);
    expect(await readdir(workspace('.closed')).catch(() => [])).toEqual([]);
  },
);
