import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Env } from '../store/paths.ts';

/** Absolute path of a program as a shell would find it; null when there is none. `cwd` is for names that hold a slash. */
export async function findProgram(name: string, { env, cwd }: { env: Env; cwd: string }): Promise<string | null> {
  const folders = name.includes('/') ? [''] : (env.PATH ?? '').split(':').filter(isAbsolute);
  for (const folder of folders) {
    const path = folder === '' ? resolve(cwd, name) : join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
