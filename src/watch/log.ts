import { appendFileSync, renameSync, statSync } from 'node:fs';

/** Bytes after which a log is put aside and begun anew; the one before it is dropped. */
const MOST = 64 * 1024;

/** Adds a line with its time. Nobody waits for it: where it cannot be written, nothing is said. */
export function writeLog(path: string, text: string, now: number): void {
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MOST) renameSync(path, `${path}.1`);
    appendFileSync(path, `${new Date(now).toISOString()} ${text.trim()}\n`, { mode: 0o600 });
  } catch {
    // A full disk, a folder that is gone.
  }
}
