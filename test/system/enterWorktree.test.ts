import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => (bench = await makeBench()));
afterEach(() => bench.dispose());

const LAYOUT = `
name: shop
strategy: component
panes:
  - {name: Frontend, id: fe, component: frontend, prompt: "Make it dark."}
`;

test('a session that Claude has moved into a worktree of its clone is shown there, and neither sync nor task moves the clone under it', async () => {
  await bench.layout(LAYOUT);
  await bench.ok('up', 'shop.yaml', '--yes');
  const session = async () => (await bench.sessions())[0];
  const now = async () => [(await session())?.branch, (await session())?.changes, (await session())?.agent.state];
  await eventually(async () => expect(await now()).toEqual(['feature/fe', 0, TOLD]));
  const clone = bench.sandbox.path('home', 'workspaces', 'shop', 'fe');
  const inner = join(clone, '.claude', 'worktrees', 'x');
  await bench.tmux.run('send-keys', '-t', (await session())?.pane ?? '', '/worktree x', 'Enter');
  await eventually(async () => expect((await now())[0]).toBe('worktree-x'));
  await writeFile(join(inner, 'new.txt'), 'new\n');
  expect((await now()).slice(0, 2)).toEqual(['worktree-x', 1]);
  expect((await bench.ok('status')).stdout).toMatch(
    /worktree-x +1 (changed|untracked|new).* in \.claude\/worktrees\/x/,
  );
  expect((await bench.ok('explain', 'fe')).stdout).toContain(`works in ${inner}, not in its clone`);
  await bench.git(bench.checkout, 'commit', '-q', '--allow-empty', '-m', 'More');
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'HEAD:main');
  const head = await bench.git(clone, 'rev-parse', 'HEAD');
  expect((await bench.ok('sync', 'fe')).stdout).toContain('works in another folder than its clone');
  const refused = await bench.ct(['task', 'fe', 'Another', '--yes']);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('works in another folder than its clone'),
  ]);
  expect(await bench.git(clone, 'rev-parse', 'HEAD')).toBe(head);
  expect((await session())?.agent.state).toMatch(/idle|done/);
});

test('worktrees of Claude in a clone are no change of it', async () => {
  await bench.layout(LAYOUT);
  await bench.ok('up', 'shop.yaml', '--yes');
  const clone = bench.sandbox.path('home', 'workspaces', 'shop', 'fe');
  await bench.git(clone, 'worktree', 'add', '-q', '-b', 'inner', '.claude/worktrees/inner');
  await eventually(async () => expect((await bench.sessions())[0]?.changes).toBe(0));
  await mkdir(join(clone, '.claude', 'commands'));
  await writeFile(join(clone, '.claude', 'commands', 'mine.md'), 'mine\n');
  await eventually(async () => expect((await bench.sessions())[0]?.changes).toBe(1));
});
