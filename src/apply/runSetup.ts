import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { markSetupDone } from '../git/marker.ts';
import { makeFolder } from '../store/file.ts';
import type { Env } from '../store/paths.ts';

export interface SetupOptions {
  /** Shell commands, run one after the other. */
  readonly commands: readonly string[];
  /** Root of the tree. */
  readonly cwd: string;
  /** The whole environment of the commands. */
  readonly env: Env;
  /** Takes everything they print; written anew each time. */
  readonly logPath: string;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for each command; default one hour. */
  readonly timeoutMs?: number;
}

/** Lines of output that an error shows. */
const TAIL = 12;
const GRACE_MS = 2_000;

/**
 * Runs a new tree's setup commands and notes in the tree that they are done. Throws a UserError with the command, its exit code and
 * its last lines when one ends badly; the setup then counts as not done and `up` runs all of it again.
 */
export async function runSetup(options: SetupOptions): Promise<void> {
  await makeFolder(dirname(options.logPath));
  const log = createWriteStream(options.logPath, { flags: 'w', mode: 0o600 });
  log.on('error', () => undefined); // a full disk under the log is no reason to stop; the commands will say so themselves
  try {
    for (const command of options.commands) await runCommand(command, log, options);
  } finally {
    await new Promise<void>((resolve) => log.end(() => resolve()));
  }
  await markSetupDone(options.cwd);
}

async function runCommand(command: string, log: WriteStream, options: SetupOptions): Promise<void> {
  const { cwd, env, onLine, signal, timeoutMs = 3_600_000 } = options;
  signal?.throwIfAborted();
  log.write(`$ ${command}\n`);
  let tail: readonly string[] = [];
  // A process group of its own: ending it ends what the command has started, and only that.
  const child = spawn('/bin/sh', ['-c', command], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => log.write(chunk));
    readLines(stream, (line) => {
      tail = [...tail, line].slice(-TAIL);
      onLine(line);
    });
  }
  const ended = await waitFor(child, { timeoutMs, signal });
  signal?.throwIfAborted();
  if (ended !== 'exit code 0') throw describeEnd(command, ended, { tail, options });
}

/** How the command ended, for people. What it left running in the background does not keep us. */
async function waitFor(child: ChildProcess, { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined }): Promise<string> {
  const reasons: string[] = [];
  const end = (reason: string): void => {
    reasons.push(reason);
    void endGroup(child);
  };
  const interrupt = (): void => end('an interrupt');
  const timer = setTimeout(() => end(`no end within ${timeoutMs / 1000} s`), timeoutMs);
  signal?.addEventListener('abort', interrupt);
  try {
    const exit = await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, by) => resolve(code === null ? `signal ${by ?? 'unknown'}` : `exit code ${code}`));
    });
    await Promise.race([new Promise((resolve) => child.once('close', resolve)), pause(GRACE_MS, undefined, { ref: false })]);
    return reasons[0] ?? exit;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', interrupt);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  killGroup(child, 'SIGTERM');
  await pause(GRACE_MS, undefined, { ref: false });
  killGroup(child, 'SIGKILL');
}

function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

function describeEnd(command: string, ended: string, { tail, options }: { readonly tail: readonly string[]; readonly options: SetupOptions }): UserError {
  const said = tail.length === 0 ? '' : `:\n${tail.map((line) => `  ${line}`).join('\n')}`;
  return new UserError(`the setup command "${oneLine(command)}" in "${options.cwd}" ended with ${ended}${said}`, {
    hint: `all it printed is in "${options.logPath}"; mend it and run \`claude-tmux up\` again`,
  });
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.on('data', (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(oneLine(line));
  });
  stream.on('end', () => {
    if (rest.trim() !== '') onLine(oneLine(rest));
  });
}
