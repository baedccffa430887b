import { resolve } from 'node:path';
import { build } from 'esbuild';
import { run, type Ended } from '../support/run.ts';
import type { Bench } from './fleet.ts';

/**
 * The program's own `close` and `undo`, with something done to them after one of their steps: `kill` ends the process with SIGKILL as
 * nothing in a test can end itself, anything else is a shell command.
 */
export interface Disturbed {
  run(command: 'close' | 'undo', id: string, disturbance: { readonly after: string; readonly what: string }): Promise<Ended>;
}

const PROGRAM = `
import { execFileSync } from 'node:child_process';
import { makeContext } from './src/cli/makeContext.ts';
import { closePicked } from './src/commands/close.ts';
import { pickFleet, pickSession } from './src/commands/pick.ts';
import { undoIn } from './src/commands/undo.ts';
const [, , command, id, step, what, socketPath] = process.argv;
const context = makeContext(process, { version: 'test', options: { socketPath } });
const after = (done) => {
  if (done !== step) return;
  if (what === 'kill') process.kill(process.pid, 'SIGKILL');
  execFileSync('/bin/sh', ['-c', what]);
};
const commands = {
  close: async () => closePicked(context, await pickSession(context, id), { yes: true, after }),
  undo: async () => undoIn(context, await pickFleet(context), { given: id, yes: true, after }),
};
commands[command]().then((code) => (process.exitCode = code), (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
`;

export async function makeDisturbed(bench: Bench): Promise<Disturbed> {
  const outfile = bench.sandbox.path('disturbed.mjs');
  // Where the package's layouts are, as seen from this file.
  const define = { 'import.meta.dirname': JSON.stringify(resolve('dist')) };
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  await build({ stdin: { contents: PROGRAM, resolveDir: resolve('.'), loader: 'ts' }, bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile, define, banner, logLevel: 'silent' });
  return { run: (command, id, { after, what }) => run(process.execPath, [outfile, command, id, after, what, bench.tmux.socket], { env: bench.env, cwd: bench.checkout }) };
}
