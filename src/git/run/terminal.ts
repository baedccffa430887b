import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { hasCode } from '../../store/file.ts';
import { onTerminalWhile } from '../../store/children.ts';
import type { Env } from '../../store/paths.ts';
import type { GitMode } from './environment.ts';
import { prepareGit } from './prepare.ts';
import { gitError, gitMissing } from './start.ts';

export interface TerminalPlace {
  readonly cwd: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
  readonly set?: Readonly<Record<string, string>>;
}

/**
 * Runs a git that may talk with the user: passphrase, host key, touch of a security key. It has the terminal; its output goes to
 * standard error. No time limit: a person may be typing, and Ctrl-C reaches it.
 */
export async function runGitOnTerminal(args: readonly string[], place: TerminalPlace): Promise<void> {
  place.signal?.throwIfAborted();
  const code = await onTerminal(args, place, { mode: 'terminal', stdout: 2 });
  place.signal?.throwIfAborted();
  if (code !== 0) throw gitError(args, { code, stderr: "git's own words stand above" });
}

/** Runs a git whose output is the result (`diff`), with the user's pager; resolves to its exit code (128 + signal when killed). */
export async function showGit(args: readonly string[], place: TerminalPlace): Promise<number> {
  return onTerminal(args, place, { mode: 'show', stdout: 'inherit' });
}

async function onTerminal(
  args: readonly string[],
  place: TerminalPlace,
  { mode, stdout }: { readonly mode: GitMode; readonly stdout: 2 | 'inherit' },
): Promise<number> {
  const { cwd, env, signal, set = {} } = place;
  const prepared = await prepareGit(args, { cwd, env, set }, mode);
  return onTerminalWhile(
    () =>
      new Promise((resolve, reject) => {
        // ssh asks for the touch of a key only when its standard error is a terminal, so nothing stands in between.
        const child = spawn('git', ['-C', cwd, ...prepared.argv], {
          cwd: '/',
          env: prepared.env,
          stdio: ['inherit', stdout, 'inherit'],
        });
        const end = (): boolean => child.kill('SIGINT');
        signal?.addEventListener('abort', end);
        child.once('error', (error) => reject(hasCode(error, 'ENOENT') ? gitMissing(error) : error));
        child.once('close', (exit, ending) => {
          signal?.removeEventListener('abort', end);
          resolve(exit ?? 128 + (ending === null ? 0 : constants.signals[ending]));
        });
      }),
  );
}
