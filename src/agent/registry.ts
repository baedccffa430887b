import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { parseObject, readNames } from '../store/file.ts';
import { readRegularFile } from '../store/regularFile.ts';
import { readProcStart } from '../store/process.ts';
import { parseRegistryEntry, type RegistryEntry } from '../status/registryEntry.ts';

/** Every Claude process that runs now and has registered; the folder is `ClaudeFolders.sessions`. No folder: none has ever run. */
export async function readRegistry(folder: string): Promise<readonly RegistryEntry[]> {
  const names = await readNames(folder);
  const entries = await Promise.all(
    names
      .filter((name) => /^\d+\.json$/.test(name))
      .map((name) => readRegistryEntry(folder, Number(name.slice(0, -5)))),
  );
  return entries.filter((entry) => entry !== null);
}

/** The entry of this process; null without one, for one left by a process that is gone, and for one just being written. */
export async function readRegistryEntry(folder: string, pid: number): Promise<RegistryEntry | null> {
  const text = readIfThere(join(folder, `${pid}.json`));
  const entry = text === null ? null : parseRegistryEntry(parseObject(text));
  return entry?.pid === pid && (await isCurrent(entry)) ? entry : null;
}

/** kill -9 leaves the file behind until the next claude starts (2.1.197); its pid may be some other program's by then. */
async function isCurrent({ pid, procStart }: RegistryEntry): Promise<boolean> {
  const start = await readProcStart(pid);
  if (start === null) return false;
  // Only Linux's form is known (clock ticks); elsewhere a live pid has to do.
  return procStart === null || !/^\d+$/.test(procStart) || !/^\d+$/.test(start) || procStart === start;
}

/** One file that cannot be read (a folder, another user's) is no reason to lose the others. */
function readIfThere(path: string): string | null {
  try {
    return readRegularFile(path)?.text ?? null;
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
