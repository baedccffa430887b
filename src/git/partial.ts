import { mkdir, mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCode, makeFolder } from '../store/file.ts';
import { isAlive, readProcStart } from '../store/process.ts';

/** Folder inside the workspace where clones are made; one that is cut off never stands under its final name. */
const PARTIAL = '.claude-tmux-partial';

/** An empty folder to make the clone for `target` in; what processes that have ended left in the workspace is removed first. */
export async function makePartial(target: string): Promise<string> {
  const folder = join(dirname(target), PARTIAL);
  await makeFolder(dirname(target));
  await removeLeftovers(folder);
  const start = (await readProcStart(process.pid)) ?? '';
  const name = join(folder, `${basename(target)}~${process.pid}~${nameOf(start)}~`);
  for (let tries = 0; ; tries++) {
    try {
      await mkdir(folder, { recursive: true });
      return await mkdtemp(name);
    } catch (error) {
      // Another clone of this workspace was finished in between and removed the empty folder.
      if (!hasCode(error, 'ENOENT') || tries === 5) throw error;
    }
  }
}

/** Deletes one partial clone, and the folder of partial clones with its last. Refuses any other path. */
export async function removePartial(path: string): Promise<void> {
  const folder = dirname(path);
  if (basename(folder) !== PARTIAL) throw new Error(`not a partial clone: ${path}`);
  // Retried: a git that was just ended may still write its last file.
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  await rmdir(folder).catch(() => undefined);
}

async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) {
    const [, pid = '', start = ''] = /~(\d+)~([^~]*)~[^~]*$/.exec(name) ?? [];
    if (pid !== '' && !(await isOwnerAlive(Number(pid), start))) await removePartial(join(folder, name));
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
