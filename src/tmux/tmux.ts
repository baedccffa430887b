import { spawn } from 'node:child_process';
import { childEnvironment } from '../base/childEnvironment.ts';
import { ProgramError, UserError } from '../base/errors.ts';
import { keepChild } from '../store/children.ts';
import { installHint } from '../base/installHint.ts';

/** A tmux server by its socket's absolute path; every command goes there with `-S` and nowhere else. */
export interface TmuxServer {
  readonly socket: string;
  /** Configuration file for a server that this command starts; tmux's own when absent. */
  readonly config?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface TmuxResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** The caller's environment: what a server may have of it (base/childEnvironment.ts) is kept by a server that this command starts. */
  readonly env: Environment;
  /** Text for stdin. */
  readonly input?: string;
  /** Milliseconds; tmux answers in a few, so this is for a server that hangs. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;

/**
 * Runs one tmux client. A non-zero exit code is an answer (`code`), not an error; throws UserError when tmux is missing and
 * ProgramError when it was killed or did not answer in time.
 */
export function runTmux(server: TmuxServer, args: readonly string[], options: RunOptions): Promise<TmuxResult> {
  const argv = tmuxArgv(server, args);
  return new Promise((resolve, reject) => {
    const child = keepChild(
      spawn('tmux', argv.slice(1), { env: childEnvironment('server', options.env), stdio: ['pipe', 'pipe', 'pipe'] }),
    );
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
      // The client has handed its own ends of these to the server: while that hangs they stay open, whoever is dead.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    }, options.timeoutMs ?? TIMEOUT_MS);
    child.stdout.on('data', (part: Buffer) => out.push(part));
    child.stderr.on('data', (part: Buffer) => err.push(part));
    // A client that does not read its stdin may close it first; its exit code tells the rest.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(startError(cause, argv));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      const stderr = Buffer.concat(err).toString();
      if (code === null)
        reject(
          new ProgramError({
            argv,
            code,
            stderr: late ? `the server behind "${server.socket}" does not answer` : stderr,
          }),
        );
      else resolve({ code, stdout: Buffer.concat(out).toString(), stderr });
    });
  });
}

/** The whole argv of a tmux client for this server. */
export function tmuxArgv(server: TmuxServer, args: readonly string[]): string[] {
  return ['tmux', '-S', server.socket, ...(server.config === undefined ? [] : ['-f', server.config]), ...args];
}

/** What a missing or unusable tmux program means to the user. */
export function startError(cause: Error, argv: readonly string[]): Error {
  const code = 'code' in cause ? cause.code : undefined;
  if (code !== 'ENOENT') return new ProgramError({ argv, code: null, stderr: cause.message, cause });
  return new UserError('tmux is not installed, or not on the PATH', {
    hint: installHint('tmux', process.platform),
    cause,
  });
}
