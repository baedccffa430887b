import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseLsof, readInsideProcesses } from '../../src/store/insideProcesses.ts';
import { eventually } from '../support/eventually.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

it('finds who stands in a folder or below it, and nobody beside it', async () => {
  for (const name of ['tree', 'tree/below', 'tree-beside']) await mkdir(sandbox.path(name));
  const started = ['tree', 'tree/below', 'tree-beside'].map((name) =>
    spawn('sleep', ['100000'], { cwd: sandbox.path(name), stdio: 'ignore' }),
  );
  try {
    await eventually(async () => {
      const found = await readInsideProcesses(sandbox.path('tree'));
      expect(found.map(({ pid, parent, name }) => ({ pid, parent, name })).sort((a, b) => a.pid - b.pid)).toEqual(
        started.slice(0, 2).map(({ pid }) => ({ pid, parent: process.pid, name: 'sleep' })),
      );
    });
  } finally {
    for (const child of started) child.kill('SIGKILL');
  }
});

it('reads what lsof says on macOS', () => {
  expect(
    parseLsof('p12\nR1\nczsh\nfcwd\nn/w/api\np13\nR12\ncnode server\nfcwd\nn/w/api/web\np14\nR1\ncother\n'),
  ).toEqual([
    { pid: 12, parent: 1, name: 'zsh', cwd: '/w/api' },
    { pid: 13, parent: 12, name: 'node server', cwd: '/w/api/web' },
  ]);
});
