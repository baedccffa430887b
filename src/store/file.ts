import { chmodSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { isObject, numberAt } from '../base/json.ts';
import { reasonOf, writeHint } from '../base/trouble.ts';
import { readRegularFile, readTextFile } from './regularFile.ts';

/** How to read one kind of versioned JSON file. */
export interface JsonFormat<T> {
  /** The version this program writes. */
  readonly version: number;
  /** What the file is, for messages: `fleet record`. */
  readonly what: string;
  /** Turns the content of an older file into that of `version`. */
  readonly migrate?: (older: Readonly<Record<string, unknown>>, from: number) => unknown;
  /** Checks the shape; null says it is not what it should be. */
  readonly parse: (value: unknown) => T | null;
}

export interface WriteOptions {
  /** Permission bits; default 0600. */
  readonly mode?: number;
  /** True (the default) survives a power loss; false is for what can be made anew and is written by the dozen. */
  readonly durable?: boolean;
}

/** Replaces `path` in one step: a reader sees the old content or the new, never a part. Makes the folder (0700). */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const { mode = 0o600, durable = true } = options;
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${++written}.tmp`);
  try {
    await makeFolder(dirname(path));
    // In place, as reading (below): `up` writes three dozen of them.
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    if (durable) await settle(temporary);
    chmodSync(temporary, mode);
    renameSync(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cannotWrite(path, error);
  }
}
let written = 0;

/** Waits until the content of a file would survive a power loss. */
export async function settle(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A folder of ours and what is missing above it; only the user may look inside. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeFolders(path, { mode: 0o700 });
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/**
 * Makes a folder and what is missing above it; one that is there stays as it is. Throws Node's error (EEXIST for a file in its place).
 * Not `mkdir` with `recursive`: of Node 20 that never comes back where the system says ENOENT to making a folder, as /proc does.
 */
export async function makeFolders(path: string, { mode = 0o777 }: { readonly mode?: number } = {}): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !isThere(folder) && folder !== dirname(folder); folder = dirname(folder))
    missing.unshift(folder);
  for (const folder of missing.length === 0 ? [path] : missing) await makeOne(folder, mode);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A link that leads nowhere looks like a folder that others make and take away. */
const MOST_TRIES = 100;

/** Somebody else may make it in between, and take it away again: a folder that was there and is gone is made once more. */
async function makeOne(path: string, mode: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await mkdir(path, { mode });
      return;
    } catch (error) {
      const facts = await stat(path).catch(() => null);
      if (facts?.isDirectory() === true) return;
      if (facts !== null || !hasCode(error, 'EEXIST') || tries === MOST_TRIES) throw error;
      // Never in step with those others.
      await pause(2 * Math.random());
    }
  }
}

/** The text of a file; null when there is none. Any other trouble is an error: "could not be read" is not "absent". */
export function readText(path: string): Promise<string | null> {
  return inPlace(() => textOf(path));
}

/** The text of a file, read in place; null when it is gone or no regular file. Throws Node's error for any other trouble. */
export function readIfThere(path: string): string | null {
  try {
    return readRegularFile(path)?.text ?? null;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

/** The names in a folder; none when there is no folder. Rejects with Node's error for any other trouble. */
export function readNames(folder: string): Promise<readonly string[]> {
  return inPlace(() => namesOf(folder));
}

/** The few small files of a start are read without Node's pool: its threads and its module for promises would be started and loaded for them alone. */
function inPlace<T>(read: () => T): Promise<T> {
  return new Promise((resolve) => resolve(read()));
}

function textOf(path: string): string | null {
  try {
    return readTextFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    if (error instanceof UserError) throw error;
    throw new UserError(`the file "${path}" cannot be read: ${reasonOf(error)}`, {
      hint: 'see its permissions with: ls -l',
      cause: error,
    });
  }
}

/** The same without a promise; throws where that rejects. */
export function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Reads a versioned file: null when absent, migrated when older, a UserError when newer or damaged. */
export async function readJson<T>(path: string, format: JsonFormat<T>): Promise<T | null> {
  const text = await readText(path);
  if (text === null) return null;
  const content = parseObject(text);
  const version = content && numberAt(content, 'version');
  if (!content || version === null) throw damaged(path, format.what);
  if (version > format.version) throw newer(path, format, version);
  const current = version < format.version ? format.migrate?.(content, version) : content;
  const value = format.parse(current);
  if (value === null) throw damaged(path, format.what);
  return value;
}

/** The JSON object in `text`; null when it is none. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Writes a versioned file; `value` carries its `version` already. */
export async function writeJson(
  path: string,
  value: { readonly version: number },
  options: WriteOptions = {},
): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, options);
}

/** True for a Node error with this code (`ENOENT`). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function damaged(path: string, what: string): UserError {
  return new UserError(`the ${what} "${path}" is damaged`, {
    hint: 'move it away and run the command again; clones and conversations are not touched by that',
  });
}

function newer(path: string, format: JsonFormat<unknown>, version: number): UserError {
  const message = `the ${format.what} "${path}" was written by a newer claude-tmux (version ${version} of the file, this one knows ${format.version})`;
  return new UserError(message, { hint: 'use the newer claude-tmux' });
}

/** The error in a sentence that says where, when it is one the user can mend; any other as it is. */
export function cannotWrite(path: string, error: unknown): unknown {
  const hint = writeHint(error);
  return hint === null
    ? error
    : new UserError(`"${path}" cannot be written: ${reasonOf(error)}`, { hint, cause: error });
}
