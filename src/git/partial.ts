import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode, makeFolders } from '../store/file.ts';
import { placeKey, readMachine } from '../store/machine.ts';
import { isAlive, readProcStart } from '../store/process.ts';

/** Folder inside the workspace where clones are made; one that is cut off never stands under its final name. */
const PARTIAL = '.claude-tmux-partial';

export interface Partial {
  /** What is removed in the end, whatever became of the tree. */
  readonly folder: string;
  /** Where the clone is made; not there yet: git makes it, with the permissions a clone has (a temporary folder is closed to others). */
  readonly tree: string;
}

/** A place to make the clone for `target` in; what processes that have ended left in the workspace is removed first. */
export async function makePartial(target: string): Promise<Partial> {
  const folder = await makeTemporary(target);
  return { folder, tree: join(folder, 'tree') };
}

async function makeTemporary(target: string): Promise<string> {
  const folder = join(dirname(target), PARTIAL);
  await removeLeftovers(folder);
  const start = (await readProcStart(process.pid)) ?? '';
  const name = join(folder, `${basename(target)}~${process.pid}~${nameOf(start)}~${placeKey(await readMachine())}~`);
  for (let tries = 0; ; tries++) {
    try {
      await makeFolders(folder);
      return await mkdtemp(name);
    } catch (error) {
      // Another clone of this workspace was finished in between and removed the empty folder.
      if (!hasCode(error, 'ENOENT') || tries === 5) throw error;
    }
  }
}

/** Deletes one partial clone, and the folder of partial clones with its last. */
export async function removePartial({ folder }: Partial): Promise<void> {
  await remove(folder);
}

/** Refuses any path that does not lie in a folder of partial clones. */
async function remove(path: string): Promise<void> {
  const folder = dirname(path);
  if (basename(folder) !== PARTIAL) throw new Error(`not a partial clone: ${path}`);
  // Retried: a git that was just ended may still write its last file.
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  await rmdir(folder).catch(() => undefined);
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  });
  const here = placeKey(await readMachine());
  for (const name of names) {
    const [, pid = '', start = '', place] = /~(\d+)~([^~]*)~(?:([0-9a-f]{12})~)?[^~]*$/.exec(name) ?? [];
    // Another machine's (a workspace that several share) may be at work: its processes cannot be seen.
    if (place !== undefined && place !== here) continue;
    if (pid !== '' && !(await isOwnerAlive(Number(pid), start))) await remove(join(folder, name));
  }
}

async function isOwnerAlive(pid: number, start: string): Promise<boolean> {
  const procStart = await readProcStart(pid);
  return procStart !== null && nameOf(procStart) === start && (await isAlive({ pid, procStart }));
}

/** macOS gives a date with blanks and colons. */
function nameOf(procStart: string): string {
  return procStart.replace(/\W+/g, '-');
}
