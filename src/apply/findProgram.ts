import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Context } from './context.ts';

/** Where a program is that a shell would run by this name; null when there is none. */
export async function findProgram(program: string, { env, cwd }: Pick<Context, 'env' | 'cwd'>): Promise<string | null> {
  const candidates = program.includes('/') ? [isAbsolute(program) ? program : resolve(cwd, program)] : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder === '' ? cwd : folder, program));
  for (const path of candidates) if (await isProgram(path)) return path;
  return null;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not for us: the shell looks further too.
    return false;
  }
}
