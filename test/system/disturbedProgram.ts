import { execFileSync } from 'node:child_process';
import { makeContext } from '../../src/cli/makeContext.ts';
import { openOutput } from '../../src/cli/output.ts';
import { closePicked } from '../../src/commands/close.ts';
import { pickFleet, pickSession } from '../../src/commands/pick.ts';
import { pruneFleet } from '../../src/commands/prune.ts';
import { undoIn } from '../../src/commands/undo.ts';

/** disturbed.mjs COMMAND ID STEP WHAT SOCKET: the command, with something done to it after one of its steps (see disturbed.ts). */
const [, , command = '', id = '', step = '', what = '', socketPath = ''] = process.argv;
const context = makeContext(process, {
  version: 'test',
  options: { socketPath },
  out: openOutput(process, 'stdout'),
  talk: openOutput(process, 'stderr'),
});

const after = (done: string): void => {
  if (done !== step) return;
  if (what === 'kill') process.kill(process.pid, 'SIGKILL');
  execFileSync('/bin/sh', ['-c', what]);
};

const COMMANDS: Readonly<Record<string, () => Promise<number>>> = {
  close: async () => closePicked(context, await pickSession(context, id, undefined), { yes: true, after }),
  undo: async () => undoIn(context, await pickFleet(context, undefined), { given: id, yes: true, after }),
  prune: async () => {
    await pruneFleet(context, await pickFleet(context, undefined), {
      age: 0,
      shrink: id === 'shrink',
      yes: true,
      counts: { found: 0, failed: 0 },
      after,
    });
    return 0;
  },
};

try {
  process.exitCode = (await COMMANDS[command]?.()) ?? 2;
} catch (error) {
  process.stderr.write(error instanceof Error ? `${error.message}\n` : String(error));
  process.exitCode = 1;
}
