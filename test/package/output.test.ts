import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { output, run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { ROOT } from '../support/sources.ts';

/** What is said of them is more than a pipe holds. */
const MISSING = Array.from({ length: 500 }, () => `/none/${'x'.repeat(200)}`);

let sandbox: Sandbox;
let program: string;

beforeAll(async () => {
  sandbox = await makeSandbox();
  program = sandbox.path('package', 'dist', 'claude-tmux.cjs');
  await output('node', ['scripts/build.mjs', sandbox.path('package', 'dist')], { cwd: ROOT, env: sandbox.env });
  await output('cp', ['-R', 'package.json', 'layouts', sandbox.path('package')], { cwd: ROOT, env: sandbox.env });
});
afterAll(() => sandbox.dispose());

test('a reader that goes away ends no command', async () => {
  const script = `{ node "$0" validate "$@"; echo "ended with $?" >&2; } | head -c 1`;
  expect(await run('sh', ['-c', script, program, ...MISSING], { env: sandbox.env })).toEqual({
    code: 0,
    stdout: '/',
    stderr: 'ended with 2\n',
  });
});

test('a pipe that does not block gets everything', async () => {
  const fifo = sandbox.path('fifo');
  await output('mkfifo', [fifo], { env: sandbox.env });
  const end = openSync(fifo, constants.O_RDWR | constants.O_NONBLOCK);
  const read = output('cat', [fifo], { env: sandbox.env });
  // By way of a descriptor that Node leaves as it is; the result is one write of a quarter of a megabyte.
  const child = spawn('sh', ['-c', 'exec node "$0" validate --json "$@" >&3', program, ...MISSING], {
    env: sandbox.env,
    stdio: ['ignore', 'ignore', 'inherit', end],
  });
  expect(await once(child, 'exit')).toEqual([2, null]);
  closeSync(end);
  expect((JSON.parse(await read) as { layouts: readonly unknown[] }).layouts).toHaveLength(MISSING.length);
});
