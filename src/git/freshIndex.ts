import { lstatSync, lutimesSync, readSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Env } from '../store/paths.ts';
import { withRegularFile } from '../store/regularFile.ts';
import { readGit } from './run/ask.ts';
import { mutateGit } from './run/mutate.ts';

/** From so many files on, waiting for the second to end costs less than reading them (24,000 files of 2 KB: 0.6 s of a processor). */
const MANY = 2_000;
/** Times of files come from the kernel's last tick, in milliseconds. */
const TICK = 20;

interface Options {
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a fresh checkout cheap to ask. git compares whole seconds: a file written in the same second as the index could have been
 * changed since, so each later `status` reads it again (measured: 23.5 ms instead of 3.8 for 644 files, for ever, because queries
 * without locks never write the index back). Few files are dated one second before the index, at once; for many the index is dated one
 * second later, when that second has come. A change that is made afterwards shows either way. Nobody else may work in the tree yet.
 */
export async function settleIndex(tree: string, gitDir: string, options: Options): Promise<void> {
  const path = join(gitDir, 'index');
  const index = statSync(path, { throwIfNoEntry: false });
  if (!index) return;
  if (countEntries(path) < MANY) await dateFiles(tree, Math.floor(index.mtimeMs / 1000), options);
  else await outlastSecond(path, index.mtimeMs, options);
}

/** The second 4-byte number after the signature; every version of the format has it there (git's gitformat-index). */
function countEntries(path: string): number {
  const header = Buffer.alloc(12);
  return withRegularFile(path, (file) => (readSync(file, header, 0, 12, 0) === 12 ? header.readUInt32BE(8) : 0));
}

/** By the index's own time and not by our clock: a file server may have another. */
async function outlastSecond(path: string, writtenMs: number, { signal }: Options): Promise<void> {
  const next = Math.floor(writtenMs / 1000) + 1;
  await pause(next * 1000 - writtenMs + TICK, undefined, { signal });
  utimesSync(path, next, next);
}

async function dateFiles(tree: string, written: number, { env, signal }: Options): Promise<void> {
  const names = (await readGit(['ls-files', '-z'], { cwd: tree, env, timeoutMs: 120_000 })).split('\0');
  for (const name of names) if (name !== '') dateBefore(join(tree, name), written);
  // Ends with 1 when a file differs from the index (a filter that does not round-trip): then there is nothing to settle for it.
  await mutateGit(['update-index', '-q', '--refresh'], { cwd: tree, env, signal }).catch(() =>
    signal?.throwIfAborted(),
  );
}

/** Synchronous on purpose: a promise for each file costs ten times the call itself. */
function dateBefore(file: string, second: number): void {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (!facts || facts.isDirectory() || Math.floor(facts.mtimeMs / 1000) < second) return;
  lutimesSync(file, second - 1, second - 1);
}
