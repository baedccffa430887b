import { rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import type { StateFolder } from '../doctor/machine.ts';
import { writeFileAtomic } from './file.ts';

/** Whether a folder of ours can be written, by writing into it; `uid` is the user's. */
export async function tryFolder(path: string, uid: number): Promise<StateFolder> {
  const probe = join(path, `probe-${process.pid}`);
  try {
    await writeFileAtomic(probe, '', { durable: false });
    await rm(probe);
    const [{ mode, uid: owner }, { bavail, bsize }] = await Promise.all([stat(path), statfs(path)]);
    return { path, problem: null, free: bavail * bsize, isOpen: (mode & 0o077) !== 0 || owner !== uid };
  } catch (error) {
    const [message, hint] =
      error instanceof UserError
        ? [error.message, error.hint ?? null]
        : [`"${path}" cannot be used: ${error instanceof Error ? error.message : String(error)}`, null];
    return { path, problem: { message, hint }, free: null, isOpen: false };
  }
}
