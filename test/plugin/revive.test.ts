import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBootId, readProcStart } from '../../src/store/process.ts';
import { eventually } from '../support/eventually.ts';
import { run } from '../support/run.ts';
import { ROOT } from '../support/sources.ts';
import { makeListener, makeScene, type PluginScene } from './scene.ts';

let scene: PluginScene;
let asked: () => readonly string[];
const children: ChildProcess[] = [];

beforeEach(async () => {
  scene = await makeScene();
  asked = makeListener(scene.sandbox.path('bin', 'claude-tmux'), scene.sandbox.path('asked'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await scene.dispose();
});

/** Runs revive.sh as a hook would; `null` writes no file. */
async function revive(lines: readonly (string | number)[] | null): Promise<readonly string[]> {
  const file = scene.sandbox.path('pid');
  if (lines !== null) writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const { stdout } = await run('tmux', ['-S', scene.tmux.socket, 'display-message', '-p', '#{socket_path},#{pid},0'], {
    env: scene.sandbox.env,
  });
  await run('sh', [join(ROOT, 'tmux-plugin', 'revive.sh'), file], {
    env: {
      ...scene.sandbox.env,
      TMUX: stdout.trim(),
      PATH: `${scene.sandbox.path('bin')}:${scene.sandbox.env.PATH ?? ''}`,
    },
  });
  return asked();
}

async function makeProcess(): Promise<{ readonly pid: number; readonly start: string; readonly boot: string }> {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  children.push(child);
  const pid = child.pid ?? 0;
  const start = await eventually(async () => {
    const found = await readProcStart(pid);
    if (found === null) throw new Error('the process has not started');
    return found;
  });
  return { pid, start, boot: await readBootId() };
}

test('nothing starts while the watcher lives', async () => {
  const { pid, start, boot } = await makeProcess();
  expect(await revive([pid, start, boot])).toEqual([]);
});

test.each<[string, (own: { pid: number; start: string; boot: string }) => readonly (string | number)[] | null]>([
  ['never ran', () => null],
  ['left an empty file', () => []],
  ['left a damaged file', () => ['../../x', '', '']],
  ['ran in another boot', ({ pid, start }) => [pid, start, 'another-boot']],
  ['had a pid that is now somebody else’s', ({ pid, boot }) => [pid, '1', boot]],
])('a watcher that %s is started', async (_what, lines) => {
  expect(await revive(lines(await makeProcess()))).toEqual(['watch --start']);
});

test('a watcher that was killed is started, also while its body lies about as a zombie', async () => {
  // The shell never waits for its child: once killed, it stays a zombie.
  const parent = spawn('sh', ['-c', 'sleep 1000 & echo $! >"$0"; exec sleep 1000', scene.sandbox.path('child')], {
    stdio: 'ignore',
  });
  children.push(parent);
  const { pid, start } = await eventually(async () => {
    const child = Number(readFileSync(scene.sandbox.path('child'), 'utf8'));
    const found = await readProcStart(child);
    if (child === 0 || found === null) throw new Error('not there yet');
    return { pid: child, start: found };
  });
  const boot = await readBootId();
  expect(await revive([pid, start, boot])).toEqual([]);
  process.kill(pid, 'SIGKILL');
  await eventually(async () => expect(await readProcStart(pid)).toBeNull());
  expect(await revive([pid, start, boot])).toEqual(['watch --start']);
});
