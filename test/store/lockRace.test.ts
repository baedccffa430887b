import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => (sandbox = await makeSandbox()));
afterEach(async () => sandbox.dispose());

/** Takes the lock again and again; inside, a folder stands for what only one may do. Every third process dies holding the lock. */
const WORKER = `
import { mkdirSync, rmdirSync } from 'node:fs';
import { withLock } from ${JSON.stringify(fileURLToPath(new URL('../../src/store/lock.ts', import.meta.url)))};
const [, , lock, inside, number] = process.argv;
for (let turn = 0; turn < 15; turn++) {
  await withLock(lock, { timeoutMs: 40_000, what: 'working' }, async () => {
    mkdirSync(inside);
    await new Promise((resolve) => setTimeout(resolve, 1));
    rmdirSync(inside);
    if (number % 3 === 0 && turn === Number(number)) process.kill(process.pid, 'SIGKILL');
  });
}
console.log('done');`;

it('processes that die while they hold the lock let exactly one other in', async () => {
  await writeFile(sandbox.path('worker.ts'), WORKER);
  await build({
    entryPoints: [sandbox.path('worker.ts')],
    outfile: sandbox.path('worker.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  const workers = Array.from({ length: 10 }, async (_, number) =>
    run(process.execPath, [sandbox.path('worker.mjs'), sandbox.path('lock'), sandbox.path('inside'), String(number)], {
      env: sandbox.env,
    }),
  );
  const ended = await Promise.all(workers);
  expect(ended.map(({ code, stdout, stderr }) => [code, stdout, stderr])).toEqual(
    ended.map((_, number) => (number % 3 === 0 ? [null, '', ''] : [0, 'done\n', ''])),
  );
}, 120_000);
