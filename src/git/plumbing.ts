import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { ProgramError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { belowCeiling } from './ceiling.ts';
import { gitEnvironment } from './environment.ts';
import { gitMissing } from './git.ts';

export interface PlumbingPlace {
  /** Folder git acts in, absolute. */
  readonly cwd: string;
  readonly env: Env;
  /** Variables for this one command, e.g. `GIT_OBJECT_DIRECTORY`. */
  readonly set?: Readonly<Record<string, string>>;
  /** What git reads on standard input; bytes, because a commit may be in any encoding. */
  readonly input?: Buffer | string;
  /** Milliseconds; default two minutes. */
  readonly timeoutMs?: number;
}

export interface PlumbingAnswer {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a git command that takes or gives bytes, and tells how it ended. Throws a UserError when git is not installed. */
export async function plumb(args: readonly string[], { cwd, env, set = {}, input = '', timeoutMs = 120_000 }: PlumbingPlace): Promise<PlumbingAnswer> {
  if (!isAbsolute(cwd)) throw new Error(`not an absolute path: ${cwd}`);
  const within = belowCeiling(cwd, env);
  return new Promise((resolve, reject) => {
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    // SIGTERM on timeout, spawn's default: a killed git removes what it was writing.
    const child = spawn('git', ['--no-optional-locks', '--no-pager', '-C', cwd, ...args], { cwd: '/', env: gitEnvironment(within, { set }), timeout: timeoutMs, stdio: 'pipe' });
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A git that ends early closes its input: what it says about that is in its own words.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error));
    child.once('close', (code) => {
      const late = child.killed ? `no answer within ${timeoutMs / 1000} s` : '';
      resolve({ code, stdout: Buffer.concat(out), stderr: late === '' ? Buffer.concat(err).toString('utf8') : late });
    });
    child.stdin.end(input);
  });
}

/** The same for a command that must succeed: its output as text. Throws ProgramError. */
export async function plumbText(args: readonly string[], place: PlumbingPlace): Promise<string> {
  const { code, stdout, stderr } = await plumb(args, place);
  if (code !== 0) throw new ProgramError({ argv: ['git', ...args], code, stderr });
  return stdout.toString('utf8').trim();
}
