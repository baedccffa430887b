import { resolve } from 'node:path';
import { loadMain } from '../../src/cli/loadMain.ts';
import { run, type Ended } from './run.ts';
import type { Environment } from './sandbox.ts';

interface Surroundings {
  readonly env: Environment;
  readonly cwd: string;
  readonly input?: string;
}

/** The built program, as `bin` names it. */
export const PROGRAM = resolve('dist/claude-tmux.cjs');

/** These only read: any number of them may run at a time. */
const LOOKS: ReadonlySet<string> = new Set([
  'status',
  'ls',
  'path',
  'explain',
  'validate',
  'plan',
  'layouts',
  'templates',
]);
/** These hand their own input and output on to another program, or stay. */
const HANDS_ON: ReadonlySet<string> = new Set(['attach', 'diff', 'exec', 'shell', 'watch']);

/** Runs a command of the built program, without a terminal, as a process of its own. */
export function startProgram(args: readonly string[], { env, cwd, input }: Surroundings): Promise<Ended> {
  return run(process.execPath, [PROGRAM, ...args], { env, cwd, ...(input === undefined ? {} : { input }) });
}

/**
 * Runs a command of the built program, without a terminal, in this process where that can be. Two that change something at the same
 * time are two processes: locks know processes, not their tasks.
 */
export async function runProgram(args: readonly string[], surroundings: Surroundings): Promise<Ended> {
  const [command = ''] = args;
  if (LOOKS.has(command)) return runHere(args, surroundings);
  if (changing || HANDS_ON.has(command) || surroundings.input !== undefined) return startProgram(args, surroundings);
  changing = true;
  try {
    return await runHere(args, surroundings);
  } finally {
    changing = false;
  }
}

let changing = false;

async function runHere(args: readonly string[], { env, cwd }: Surroundings): Promise<Ended> {
  const [stdout, stderr] = [makeStream(), makeStream()];
  main ??= loadMain(resolve('dist/main.cjs'), { env: {}, argv: [] });
  const code = await main(makeHost(args, { env, cwd, stdout, stderr }));
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

let main: ReturnType<typeof loadMain> | undefined;

interface Stream {
  readonly isTTY: false;
  on(): Stream;
  write(text: string): boolean;
  text(): string;
}

function makeStream(): Stream {
  let written = '';
  const stream: Stream = {
    isTTY: false,
    // It has no errors.
    on: () => stream,
    write: (text) => {
      written += text;
      return true;
    },
    text: () => written,
  };
  return stream;
}

/** What the program asks of its process. Signals are the test's own. */
function makeHost(
  args: readonly string[],
  { env, cwd, stdout, stderr }: Surroundings & { readonly stdout: Stream; readonly stderr: Stream },
): NodeJS.Process {
  const { execPath, platform } = process;
  const host = {
    argv: [execPath, PROGRAM, ...args],
    env,
    execPath,
    platform,
    stdin: { isTTY: false },
    stdout,
    stderr,
    cwd: () => cwd,
    getuid: () => process.getuid?.() ?? 0,
    on: () => host,
  };
  return host as unknown as NodeJS.Process;
}
