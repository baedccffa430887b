import { join } from 'node:path';
import { plural } from '../base/text.ts';
import type { Env } from '../store/paths.ts';
import { plumb, readGit } from './run/ask.ts';
import { gitError } from './run/start.ts';
import { readWorkFile } from './workFile.ts';

/** From so many files on, the first of them say enough. */
const MOST = 50;

/**
 * Throws ProgramError when a tree that has just been checked out is not what its commit says: git 2.39 leaves files empty on a full disk, and
 * ends with 0. A file that git itself calls changed right after it has written it (line ends, a filter that does not round-trip) is whole.
 */
export async function refuseHalfMade(tree: string, env: Env): Promise<void> {
  const args = ['diff-files', '--name-only', '-z', '--ignore-submodules=all'];
  const names = (await readGit(args, { cwd: tree, env, timeoutMs: 120_000 })).split('\0').filter((name) => name !== '');
  const broken: string[] = [];
  for (const name of names.slice(0, MOST)) if (!(await isAsWritten(tree, name, env))) broken.push(name);
  if (broken.length === 0) return;
  throw gitError(['checkout'], {
    code: 0,
    stderr: `error: unable to write ${plural(broken.length, 'file')}, ${broken[0] ?? ''} first`,
  });
}

async function isAsWritten(tree: string, name: string, env: Env): Promise<boolean> {
  const there = await readWorkFile(join(tree, name));
  if (there === null) return false;
  const { code, stdout } = await plumb(['cat-file', '--filters', `:${name}`], { cwd: tree, env });
  return code === 0 && stdout.equals(there.bytes);
}
