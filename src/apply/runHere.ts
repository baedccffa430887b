import { spawn } from 'node:child_process';
import { UserError } from '../base/errors.ts';

export interface Here {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a program of the user's in a folder with the terminal as it is; resolves to its exit code (128 + signal when killed). */
export function runHere([program = '', ...args]: readonly string[], { cwd, env }: Here): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...env, PWD: cwd }, stdio: 'inherit' });
    // The terminal sends Ctrl-C to the child too; what it does with it decides, not we.
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const gone = cause.code === 'ENOENT';
      reject(new UserError(gone ? `"${program}" cannot be run in ${cwd}` : `"${program}" could not be started: ${cause.message}`, { hint: gone ? 'check that the program is on PATH and the folder exists' : 'check its permissions', cause }));
    });
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : signalNumber(signal))));
  });
}

/** The numbers are POSIX's for the signals that end programs in practice. */
function signalNumber(signal: NodeJS.Signals): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGSEGV: 11, SIGPIPE: 13, SIGTERM: 15 };
  return numbers[signal] ?? 0;
}
