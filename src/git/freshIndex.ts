import { lstatSync, lutimesSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Env } from '../store/paths.ts';
import { readGit } from './git.ts';
import { mutateGit } from './mutate.ts';

/**
 * Makes a fresh checkout cheap to ask. git compares whole seconds: a file written in the same second as the index could have been
 * changed since, so each later `status` reads it again (measured: 23.5 ms instead of 3.8 for 644 files, for ever, because queries
 * without locks never write the index back). Waiting a second would mend it; dating the files one second before the index does too,
 * at once and without a process that outlives us. Nobody else may work in the tree yet.
 */
export async function settleIndex(tree: string, gitDir: string, { env, signal }: { readonly env: Env; readonly signal?: AbortSignal | undefined }): Promise<void> {
  const index = statSync(join(gitDir, 'index'), { throwIfNoEntry: false });
  if (!index) return;
  const written = Math.floor(index.mtimeMs / 1000);
  const names = (await readGit(['ls-files', '-z'], { cwd: tree, env, timeoutMs: 120_000 })).split('\0');
  for (const [at, name] of names.entries()) {
    if (name !== '') dateBefore(join(tree, name), written);
    if (at % 500 === 499) await breathe();
  }
  // Ends with 1 when a file differs from the index (a filter that does not round-trip): then there is nothing to settle for it.
  await mutateGit(['update-index', '-q', '--refresh'], { cwd: tree, env, signal }).catch(() => signal?.throwIfAborted());
}

/** Synchronous on purpose: a promise for each of 30,000 files costs ten times the call itself. */
function dateBefore(file: string, second: number): void {
  const facts = lstatSync(file, { throwIfNoEntry: false });
  if (!facts || facts.isDirectory() || Math.floor(facts.mtimeMs / 1000) < second) return;
  lutimesSync(file, second - 1, second - 1);
}
