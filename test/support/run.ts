import { execFile } from 'node:child_process';
import type { Environment } from './sandbox.ts';

interface RunOptions {
  readonly env: Environment;
  readonly cwd?: string;
  readonly input?: string | Buffer;
  /** Milliseconds; the program is killed after them. */
  readonly timeout?: number;
}

export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end with exactly this environment; an exit code other than 0 is a result, not an error. */
export function run(
  program: string,
  args: readonly string[],
  { env, cwd, input, timeout = 60_000 }: RunOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = {
      env,
      cwd,
      timeout,
      maxBuffer: 64 * 1024 * 1024,
      encoding: 'utf8' as const,
      killSignal: 'SIGKILL' as const,
    };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string')
        reject(new Error(`${program} could not be started (${error.code})`, { cause: error }));
      else if (error?.killed)
        reject(new Error(`${program} ${args.join(' ')} did not end within ${timeout} ms\n${stdout}${stderr}`));
      else resolve({ code: child.exitCode, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined); // a program that reads no input may close it first
    child.stdin?.end(input ?? '');
  });
}

/** The output of a program that must succeed; throws with its argv, exit code and stderr otherwise. */
export async function output(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr || stdout}`);
  return stdout;
}
