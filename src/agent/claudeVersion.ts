import { execFile } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from '../base/childEnvironment.ts';
import { oneLine } from '../base/text.ts';
import { isObject, numberAt, textAt, textsAt } from '../base/json.ts';
import { type JsonFormat, readJson, writeJson } from '../store/file.ts';
import type { Env, StorePaths } from '../store/paths.ts';
import { untriedClaude } from '../doctor/triedClaude.ts';
import { findProgram } from './findProgram.ts';

export interface VersionInput {
  /** The program and the arguments that come before Claude's own: `['mise', 'x', '--', 'claude']`. */
  readonly command: readonly string[];
  readonly env: Env;
  readonly cwd: string;
  readonly store: StorePaths;
  /** Called when the command does not tell its version, with its first words on standard error. */
  readonly onSilent?: (words: string) => void;
}

/** Milliseconds; Claude Code 2.1.197 answers in 0.1 s. */
const TIMEOUT = 10_000;

/**
 * The version of the Claude Code that a command starts (`2.1.197`); null when it does not say. The answer is kept for as long as the
 * program's file stays the same; a command of several words is asked each time, for its first word's file tells nothing about the rest.
 */
export async function readClaudeVersion({ command, env, cwd, store, onSilent }: VersionInput): Promise<string | null> {
  const [name = '', ...before] = command;
  const path = await findProgram(name, { env, cwd });
  if (path === null) return null;
  const ask = async (): Promise<string | null> => {
    const { stdout, words } = await answer(path, { args: [...before, '--version'], env, cwd });
    const version = parseVersion(stdout);
    if (version === null) onSilent?.(words);
    return version;
  };
  return before.length > 0 ? ask() : remembered(join(store.state, 'claude-version.json'), { path, ask });
}

async function remembered(
  file: string,
  { path, ask }: { path: string; ask: () => Promise<string | null> },
): Promise<string | null> {
  const program = await identify(path);
  const known = await readJson(file, FORMAT).catch(() => null);
  if (known && known.path === program.path && known.size === program.size && known.mtime === program.mtime)
    return known.claude;
  const claude = await ask();
  // It is a shortcut: a full disk costs the next `up` a tenth of a second and no more.
  const note = { version: 1, ...program, claude };
  if (claude !== null) await writeJson(file, note, { durable: false }).catch(() => undefined);
  return claude;
}

/** What to know of an untried version, the first time that it is met; where that cannot be remembered, each time. Null otherwise. */
export async function firstNotice(store: StorePaths, version: string | null): Promise<string | null> {
  const notice = untriedClaude(version);
  if (notice === null) return null;
  const file = join(store.state, 'claude-noted.json');
  const known = await readJson(file, NOTED).catch(() => null);
  if (known?.includes(version ?? '') === true) return null;
  const note = { version: 1, claude: [...(known ?? []).slice(-20), version] };
  await writeJson(file, note, { durable: false }).catch(() => undefined);
  return notice;
}

const NOTED: JsonFormat<readonly string[]> = {
  version: 1,
  what: 'note of the versions of Claude Code that were noted',
  parse: (value) => (isObject(value) ? textsAt(value, 'claude') : null),
};

/** An update of Claude Code replaces the file, or the link that leads to it. */
async function identify(
  path: string,
): Promise<{ readonly path: string; readonly size: number; readonly mtime: number }> {
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  return { path: real, size, mtime: mtimeMs };
}

interface Known {
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
  readonly claude: string;
}

const FORMAT: JsonFormat<Known> = { version: 1, what: 'note of the Claude Code version', parse: parseKnown };

function parseKnown(value: unknown): Known | null {
  if (!isObject(value)) return null;
  const [path, claude] = [textAt(value, 'path'), textAt(value, 'claude')];
  const [size, mtime] = [numberAt(value, 'size'), numberAt(value, 'mtime')];
  return path === null || claude === null || size === null || mtime === null ? null : { path, size, mtime, claude };
}

/** `2.1.197 (Claude Code)`. */
function parseVersion(text: string): string | null {
  return /^(\d+\.\d+\.\d+)\b/.exec(text.trim())?.[1] ?? null;
}

function answer(
  program: string,
  { args, env, cwd }: { args: readonly string[]; env: Env; cwd: string },
): Promise<{ readonly stdout: string; readonly words: string }> {
  return new Promise((resolve) => {
    // What it says when it fails is no version; a wrapper says there why it does not start Claude.
    const child = execFile(
      program,
      [...args],
      { env: childEnvironment('quiet', env), cwd, timeout: TIMEOUT },
      (error, stdout, stderr) => {
        const [words = ''] = stderr
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '');
        resolve({ stdout: error ? '' : stdout, words: oneLine(words).slice(0, 200) });
      },
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end();
  });
}
