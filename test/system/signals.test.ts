import { execFileSync, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { PROGRAM } from '../support/program.ts';
import { makeBench, SHOP, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
let tmuxPid: number;
beforeAll(async () => {
  bench = await makeBench({ processes: true });
  await bench.layout(SHOP);
  await bench.ok('up', 'shop.yaml', '--yes', '--detach');
  await eventually(async () =>
    expect((await bench.sessions()).map(({ agent }) => agent.state)).toEqual([TOLD, TOLD, 'running']),
  );
  tmuxPid = Number(await bench.tmux.run('display-message', '-p', '#{pid}'));
});
afterAll(() => bench.dispose());

interface Ended {
  /** As a shell gives it. */
  readonly code: number;
  /** Milliseconds from the signal. */
  readonly took: number;
  readonly stderr: string;
}

const NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Starts the program, waits until `hangs` says that it does, and sends the signal, `times` times. */
function stop(
  args: readonly string[],
  {
    signal,
    times = 1,
    path = '',
    hangs,
  }: {
    readonly signal: NodeJS.Signals;
    readonly times?: number;
    readonly path?: string;
    readonly hangs: (pid: number) => void;
  },
): Promise<Ended> {
  const [command = '', ...rest] = args;
  const env = { ...bench.env, PATH: `${path}${bench.env['PATH'] ?? ''}` };
  const child = spawn(process.execPath, [PROGRAM, command, '-S', bench.tmux.socket, ...rest], {
    cwd: bench.checkout,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let [stderr, sentAt] = ['', 0];
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const ended = new Promise<Ended>((resolve) =>
    child.once('exit', (code, by) =>
      resolve({ code: code ?? NUMBERS[by ?? 'SIGKILL'] ?? 137, took: Date.now() - sentAt, stderr }),
    ),
  );
  const send = async (): Promise<void> => {
    await eventually(() => hangs(child.pid ?? 0));
    sentAt = Date.now();
    for (let sent = 0; sent < times; sent++) child.kill(signal);
  };
  return send().then(() => ended);
}

/** The programs that a process has started and that run. */
function childrenOf(pid: number): string {
  return execFileSync('ps', ['-o', 'args=', '--ppid', String(pid)], { encoding: 'utf8' });
}

describe('a signal ends the program whatever hangs', () => {
  test.each([
    ['status', 'SIGTERM', 1],
    ['up shop.yaml --yes --detach', 'SIGHUP', 1],
    ['send fe hello', 'SIGINT', 2],
    ['down shop --yes', 'SIGTERM', 2],
  ] as const)('%s at a tmux server that is stopped, by %s (%i times)', async (line, signal, times) => {
    process.kill(tmuxPid, 'SIGSTOP');
    try {
      const hangs = (pid: number): void => expect(childrenOf(pid)).toContain('tmux -S');
      const { code, took, stderr } = await stop(line.split(' '), { signal, times, hangs });
      expect([code === 130 || code === NUMBERS[signal], stderr]).toEqual([
        true,
        expect.not.stringContaining('has a bug'),
      ]);
      expect(took).toBeLessThan(times === 1 ? 4000 : 2000);
    } finally {
      process.kill(tmuxPid, 'SIGCONT');
    }
  });

  test.each([
    ['sync', 'SIGTERM'],
    ['status', 'SIGINT'],
    ['close fe --yes', 'SIGHUP'],
  ] as const)('%s with a git that hangs, which ends with it, by %s', async (line, signal) => {
    const folder = bench.sandbox.path('hanging');
    execFileSync('mkdir', ['-p', folder]);
    const started = bench.sandbox.path('hanging-pids');
    rmSync(started, { force: true });
    writeFileSync(join(folder, 'git'), `#!/bin/sh\nprintf '%s\\n' "$$" >>'${started}'\nexec sleep 1000\n`, {
      mode: 0o755,
    });
    const hangs = (pid: number): void => expect(childrenOf(pid)).toContain('sleep 1000');
    const { code, took } = await stop(line.split(' '), { signal, path: `${folder}:`, hangs });
    expect([code, took < 4000]).toEqual([
      expect.toSatisfy((one: number) => one === 130 || one === NUMBERS[signal]),
      true,
    ]);
    const pids = execFileSync('cat', [started], { encoding: 'utf8' }).trim().split('\n').map(Number);
    await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
