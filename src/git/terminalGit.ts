import { spawn } from 'node:child_process';
import { ProgramError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import type { Env } from '../store/paths.ts';
import { askingEnvironment } from './environment.ts';
import { gitMissing } from './git.ts';

/**
 * Runs a git that may talk with the user: passphrase, host key, touch of a security key. It has the terminal; its output goes to
 * standard error. No time limit: a person may be typing, and Ctrl-C reaches it.
 */
export async function runGitOnTerminal(args: readonly string[], options: { readonly cwd: string; readonly env: Env; readonly signal?: AbortSignal | undefined }): Promise<void> {
  const { cwd, env, signal } = options;
  signal?.throwIfAborted();
  const code = await new Promise<number | null>((resolve, reject) => {
    // ssh asks for the touch of a key only when its standard error is a terminal, so nothing stands in between.
    const child = spawn('git', ['-C', cwd, ...args], { cwd: '/', env: askingEnvironment(env), stdio: ['inherit', 2, 'inherit'] });
    const end = (): boolean => child.kill('SIGINT');
    signal?.addEventListener('abort', end);
    child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error));
    child.once('close', (exit) => {
      signal?.removeEventListener('abort', end);
      resolve(exit);
    });
  });
  signal?.throwIfAborted();
  if (code !== 0) throw new ProgramError({ argv: ['git', ...args], code, stderr: "git's own words stand above" });
}
