import { execFile } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { installHint } from '../base/installHint.ts';
import { ProgramError, UserError } from '../base/errors.ts';
import type { Env } from '../store/paths.ts';
import { belowCeiling } from './ceiling.ts';
import { gitEnvironment } from './environment.ts';

export interface GitPlace {
  /** Folder git acts in, absolute. */
  readonly cwd: string;
  readonly env: Env;
  /** Milliseconds; default 10,000. */
  readonly timeoutMs?: number;
  /** What git reads on its standard input. */
  readonly input?: string;
  /** Variables for this one question that are otherwise taken out of the environment. */
  readonly set?: Readonly<Record<string, string>>;
}

/**
 * Output of a git command that only reads; takes no lock (git 2.39: a `status` without --no-optional-locks made 64 of 300 commits
 * of an agent beside it fail). Throws ProgramError, or a UserError when git is not installed.
 */
export async function readGit(args: readonly string[], place: GitPlace): Promise<string> {
  const answer = await ask(args, place);
  if (answer.code !== 0) throw new ProgramError({ argv: ['git', ...args], ...answer });
  return answer.stdout;
}

/** The same for questions that git answers with exit code 1 for "no" (`config --get`, `rev-parse --verify --quiet`): null then. */
export async function askGit(args: readonly string[], place: GitPlace): Promise<string | null> {
  const answer = await ask(args, place);
  if (answer.code === 1 && answer.stderr === '') return null;
  if (answer.code !== 0) throw new ProgramError({ argv: ['git', ...args], ...answer });
  return answer.stdout;
}

/** What there is to say when git is not there. */
export function gitMissing(cause: unknown): UserError {
  return new UserError('git is not installed', { hint: installHint('git', process.platform), cause });
}

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT = 256 * 1024 * 1024;

/** `-C` and not the process's folder: a folder that is gone would look like a git that is gone. */
async function ask(args: readonly string[], { cwd, env, timeoutMs = 10_000, input = '', set = {} }: GitPlace): Promise<Answer> {
  if (!isAbsolute(cwd)) throw new Error(`not an absolute path: ${cwd}`);
  const argv = ['--no-optional-locks', '--no-pager', '-C', cwd, ...args];
  const within = belowCeiling(cwd, env);
  return new Promise((resolve, reject) => {
    // SIGTERM, execFile's default: a killed git removes what it was writing.
    const options = { cwd: '/', env: gitEnvironment(within, { set }), timeout: timeoutMs, maxBuffer: MAX_OUTPUT, encoding: 'utf8' as const };
    const child = execFile('git', argv, options, (error, stdout, stderr) => {
      if (error?.code === 'ENOENT') reject(gitMissing(error));
      else if (error?.killed === true) resolve({ code: null, stdout, stderr: `no answer within ${timeoutMs / 1000} s` });
      else if (error && typeof error.code !== 'number') resolve({ code: null, stdout, stderr: error.message });
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined); // a git that refuses ends before it has read
    child.stdin?.end(input);
  });
}
