import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { ProgramError, UserError } from '../../base/errors.ts';
import { installHint } from '../../base/installHint.ts';
import { keepChild } from '../../store/children.ts';
import { hasCode } from '../../store/file.ts';
import type { Env } from '../../store/paths.ts';
import type { GitMode } from './environment.ts';
import { describeOddFiles } from './oddFiles.ts';
import { prepareGit } from './prepare.ts';

export interface GitPlace {
  /** Folder git acts in, absolute. */
  readonly cwd: string;
  readonly env: Env;
  /** Milliseconds. */
  readonly timeoutMs?: number;
  /** What git reads on its standard input; bytes, because a commit may be in any encoding. */
  readonly input?: Buffer | string;
  /** Variables for this one command that are otherwise taken out of the environment, e.g. `GIT_INDEX_FILE`. */
  readonly set?: Readonly<Record<string, string>>;
}

export interface GitAnswer {
  /** Null when git was ended by a signal or gave no answer in time. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A git that has just been started, its three streams open. `-C` and not the process's folder: a folder that is gone would look like a git that is gone. */
export async function startGit(
  args: readonly string[],
  place: GitPlace,
  mode: GitMode,
): Promise<ChildProcessWithoutNullStreams> {
  const { argv, env } = await prepareGit(args, place, mode);
  // SIGTERM on timeout, spawn's default: a killed git removes what it was writing.
  const child = keepChild(
    spawn('git', ['-C', place.cwd, ...argv], { cwd: '/', env, timeout: place.timeoutMs, stdio: 'pipe' }),
  );
  // A git that ends early closes its input: what it says about that is in its own words.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Runs git to its end. Throws a UserError when git is not installed. */
export async function runGit(args: readonly string[], place: GitPlace, mode: GitMode): Promise<GitAnswer> {
  const child = await startGit(args, place, mode).catch(unreadable);
  if ('code' in child) return child;
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error));
    child.once('close', (code, signal) => {
      const said = Buffer.concat(err).toString('utf8');
      const ended = signal === null || said.trim() !== '' ? said : `it was ended by ${signal}`;
      resolve({
        code,
        stdout: Buffer.concat(out),
        stderr: child.killed
          ? `no answer within ${(place.timeoutMs ?? 0) / 1000} s${describeOddFiles(place.cwd)}`
          : ended,
      });
    });
    child.stdin.end(place.input ?? '');
  });
}

/** A configuration that git cannot read is git's answer to whatever is asked. */
function unreadable(error: unknown): GitAnswer {
  if (error instanceof ProgramError) return { code: error.code, stdout: Buffer.alloc(0), stderr: error.stderr };
  throw error;
}

/** The answer of a command that must end with 0. Throws ProgramError. */
export function orThrow(args: readonly string[], answer: GitAnswer): Buffer {
  if (answer.code !== 0) throw gitError(args, answer);
  return answer.stdout;
}

/** The error of a git that did not do what `args` asked for. */
export function gitError(
  args: readonly string[],
  { code, stderr, cause }: { readonly code: number | null; readonly stderr: string; readonly cause?: unknown },
): ProgramError {
  return new ProgramError({ argv: ['git', ...args], code, stderr, cause });
}

/** What there is to say when git is not there. */
export function gitMissing(cause: unknown): UserError {
  return new UserError('git is not installed', { hint: installHint('git', process.platform), cause });
}
