import { childEnvironment } from '../base/childEnvironment.ts';
import { UserError } from '../base/errors.ts';
import { onTerminalWhile } from '../store/children.ts';

export interface Here {
  readonly cwd: string;
  /** The caller's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The session's own variables, over the caller's. */
  readonly own: Readonly<Record<string, string>>;
}

/** Runs a program of the user's in a folder with the terminal as it is; resolves to its exit code (128 + signal when killed). */
export async function runHere([program = '', ...args]: readonly string[], { cwd, env, own }: Here): Promise<number> {
  const { execa } = await import('execa');
  // The terminal sends Ctrl-C to the program too; what it does with it decides, not we.
  const ended = await onTerminalWhile(async () =>
    execa(program, args, {
      cwd,
      env: { ...childEnvironment('here', env), ...own, PWD: cwd },
      extendEnv: false,
      stdio: 'inherit',
      reject: false,
      cleanup: false,
    }),
  );
  if (ended.exitCode !== undefined) return ended.exitCode;
  if (ended.signal !== undefined) return 128 + (SIGNALS[ended.signal] ?? 0);
  const isMissing = ended.code === 'ENOENT';
  throw new UserError(
    isMissing
      ? `"${program}" cannot be run in ${cwd}`
      : `"${program}" could not be started: ${ended.originalMessage ?? ''}`,
    {
      hint: isMissing ? 'check that the program is on PATH and the folder exists' : 'check its permissions',
      cause: ended,
    },
  );
}

/** POSIX numbers of the signals that end programs in practice. */
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};
