import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
let fleet: string;
beforeAll(async () => {
  bench = await makeBench({ processes: true });
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes', '--detach');
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
  const fleets = state('fleets');
  fleet = join(fleets, readdirSync(fleets)[0] ?? '');
});
afterAll(() => bench.dispose());

const state = (...parts: string[]): string =>
  bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', ...parts);

interface Stopped {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Milliseconds. */
  readonly took: number;
}

/** Runs the program; what does not end by itself within 25 seconds (a git is given ten for an answer) gets SIGTERM, and its end is timed from there. */
function runAndStop(args: readonly string[]): Promise<Stopped & { readonly wasStopped: boolean }> {
  const [command = '', ...rest] = args;
  const child = spawn(process.execPath, [PROGRAM, command, '-S', bench.tmux.socket, ...rest], {
    cwd: bench.checkout,
    env: bench.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let stoppedAt: number | null = null;
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const timer = setTimeout(() => {
    stoppedAt = Date.now();
    child.kill('SIGTERM');
  }, 25_000);
  return new Promise((resolve) =>
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        code,
        signal,
        stderr,
        wasStopped: stoppedAt !== null,
        took: stoppedAt === null ? 0 : Date.now() - stoppedAt,
      });
    }),
  );
}

const FILES: readonly (readonly [string, () => string])[] = [
  ['v1/node', () => state('node')],
  ['launch/ID/pid', () => join(fleet, 'launch', 'fe', 'pid')],
  ['launch/ID/session', () => join(fleet, 'launch', 'fe', 'session')],
  ['fleet.json', () => join(fleet, 'fleet.json')],
  ['hooks.json', () => join(fleet, 'hooks.json')],
  ['trust.json', () => state('trust.json')],
  ['CLONE/.git/HEAD', () => join(bench.sandbox.path('home', 'workspaces', 'shop', 'fe'), '.git', 'HEAD')],
];
const KINDS: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a link to /dev/zero', (path) => symlinkSync('/dev/zero', path)],
  ['a folder', (path) => mkdirSync(path)],
];

describe.each(FILES)('with something else in the place of %s', (_, pathOf) => {
  test.each(KINDS)('%s: status and up end by themselves, with a sentence and no stack', async (__, make) => {
    const path = pathOf();
    const kept = `${path}.kept`;
    execFileSync('sh', ['-c', 'if [ -e "$1" ]; then mv "$1" "$2"; fi', 'sh', path, kept]);
    make(path);
    try {
      for (const args of [['status'], ['up', 'shop.yaml', '--yes', '--detach', '--only', 'be']]) {
        const ended = await runAndStop(args);
        expect([args[0], ended.signal, ended.code === 0 || ended.code === 1, ended.stderr]).toEqual([
          args[0],
          null,
          true,
          expect.not.stringContaining('has a bug'),
        ]);
      }
    } finally {
      rmSync(path, { recursive: true, force: true });
      execFileSync('sh', ['-c', 'if [ -e "$2" ]; then mv "$2" "$1"; fi', 'sh', path, kept]);
    }
  });
});
