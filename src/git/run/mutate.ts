import type { SimpleGitOptions } from 'simple-git';
import { ProgramError } from '../../base/errors.ts';
import type { Env } from '../../store/paths.ts';
import { prepareGit } from './prepare.ts';
import { gitError, gitMissing, orThrow, runGit, startGit, type GitAnswer, type GitPlace } from './start.ts';

export interface MutateOptions {
  /** Folder git acts in; it must exist. */
  readonly cwd: string;
  readonly env: Env;
  /** Ends git with SIGINT, at which it removes what it has made so far. */
  readonly signal?: AbortSignal | undefined;
  /** What git says on the way, a line at a time (progress lines too, with `--progress`). */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Milliseconds without a word after which git is ended; default ten minutes. Network commands run with `--progress`, so a live one speaks. */
  readonly quietMs?: number;
  /** Variables for this one command, e.g. `GIT_INDEX_FILE`, which are otherwise taken out of the environment. */
  readonly set?: Readonly<Record<string, string>>;
}

/** Every git command that changes something goes through this file. Throws ProgramError; the reason of `signal` when that ended it. */
export async function mutateGit(args: readonly string[], options: MutateOptions): Promise<string> {
  const { cwd, env, signal, onLine, quietMs = 600_000, set = {} } = options;
  signal?.throwIfAborted();
  // Loaded here: a command that changes nothing does not pay for it.
  const { simpleGit } = await import('simple-git');
  const ended: { code: number | null } = { code: null };
  const settings: Partial<SimpleGitOptions> = {
    baseDir: cwd,
    timeout: { block: quietMs },
    // simple-git's default waits 50 ms after each exit.
    completion: { onClose: true, onExit: false },
    unsafe: THE_USERS_OWN,
    errors: (error, result) => {
      ended.code = result.exitCode;
      return error ?? (result.exitCode === 0 ? undefined : Buffer.concat(result.stdErr));
    },
    ...(signal ? { abort: signal } : {}),
  };
  const prepared = await prepareGit(args, { cwd, env, set }, 'act');
  const git = simpleGit(settings).env(prepared.env);
  const errors: string[] = [];
  const listen = (line: string): void => {
    if (line.startsWith('error: ')) errors.push(line);
    onLine?.(line);
  };
  git.outputHandler((_command, stdout, stderr) => {
    if (onLine) readLines(stdout, onLine);
    readLines(stderr, listen);
  });
  try {
    const output = await orInterrupt(git.raw([...prepared.argv]), signal);
    if (errors.length > 0 && writesFiles(args)) throw gitError(args, { code: 0, stderr: errors.join('\n') });
    return output;
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    signal?.throwIfAborted();
    throw asProgramError(error, args, ended.code);
  }
}

/** Runs a plumbing command that changes something and takes or gives bytes, and reports how it ended; two minutes unless said otherwise. */
export async function mutatePlumb(args: readonly string[], place: GitPlace): Promise<GitAnswer> {
  return runGit(args, { timeoutMs: 120_000, ...place }, 'act');
}

/** The same for a command that must succeed: its output as trimmed text. Throws ProgramError. */
export async function mutatePlumbText(args: readonly string[], place: GitPlace): Promise<string> {
  const answer = await mutatePlumb(args, place);
  const output = orThrow(args, answer).toString('utf8').trim();
  if (/^error: /m.test(answer.stderr) && writesFiles(args)) throw gitError(args, answer);
  return output;
}

/** git 2.39 writes a part of the files (a full disk, an object that is missing), says so, and ends with 0. */
function writesFiles(args: readonly string[]): boolean {
  return args.some((word) =>
    ['checkout', 'checkout-index', 'read-tree', 'reset', 'worktree', 'submodule'].includes(word),
  );
}

/** A git that changes something and is spoken to while it runs (`update-ref --stdin`). */
export function talkToGit(args: readonly string[], place: GitPlace): ReturnType<typeof startGit> {
  return startGit(args, place, 'act');
}

/** What git has started (a hook, a filter) may hold its output open after an interrupt has ended it: a second later we go on without. */
async function orInterrupt(work: Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  if (!signal) return work;
  let timer: NodeJS.Timeout | undefined;
  let arm = (): void => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    arm = () => (timer = setTimeout(() => reject(asError(signal.reason)), 1_000));
    signal.addEventListener('abort', arm);
  });
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', arm);
    work.catch(() => undefined);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/**
 * simple-git refuses commands and variables through which text of an attacker could start programs. What comes here is the user's own
 * environment, and arguments of ours where user text stands behind `--` or inside `refs/…`; git with half an environment would
 * neither sign nor connect as the user has set it up.
 */
const THE_USERS_OWN: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeAlias: true,
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeDiffExternal: true,
  allowUnsafeDiffTextConv: true,
  allowUnsafeEditor: true,
  allowUnsafeFilter: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeGitProxy: true,
  allowUnsafeGpgProgram: true,
  allowUnsafeHooksPath: true,
  allowUnsafeMergeDriver: true,
  allowUnsafePack: true,
  allowUnsafePager: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
};

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line.trim());
  });
}

function asProgramError(error: unknown, args: readonly string[], code: number | null): unknown {
  const words = error instanceof Error ? error.message : String(error);
  if (/spawn git ENOENT/.test(words)) return gitMissing(error);
  const stderr = /block timeout reached/.test(words) ? 'it said nothing for too long and was ended' : words;
  return gitError(args, { code: code === -1 ? null : code, stderr, cause: error });
}
