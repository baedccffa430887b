import { resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { run, type Ended } from '../support/run.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import type { Bench } from './fleet.ts';

/**
 * The program's own `close`, `undo` and `prune`, with something done to them after one of their steps: `kill` ends the process with SIGKILL as
 * nothing in a test can end itself, anything else is a shell command.
 */
export interface Disturbed {
  run(
    command: 'close' | 'undo' | 'prune',
    id: string,
    disturbance: { readonly after: string; readonly what: string },
  ): Promise<Ended>;
}

export async function makeDisturbed(bench: Bench): Promise<Disturbed> {
  const program = await (built ??= buildProgram());
  return {
    run: (command, id, { after, what }) =>
      run(process.execPath, [program, command, id, after, what, bench.tmux.socket], {
        env: bench.env,
        cwd: bench.checkout,
      }),
  };
}

/** Once for each test file. */
let built: Promise<string> | undefined;
let place: Sandbox | undefined;
afterAll(async () => place?.dispose());

async function buildProgram(): Promise<string> {
  place = await makeSandbox();
  const outfile = place.path('disturbed.mjs');
  // Where the package's layouts are, as seen from this file.
  const define = { 'import.meta.dirname': JSON.stringify(resolve('dist')) };
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  await build({
    entryPoints: [resolve('test/system/disturbedProgram.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outfile,
    define,
    banner,
    logLevel: 'silent',
  });
  return outfile;
}
