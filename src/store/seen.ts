import { statSync } from 'node:fs';
import { utimes, writeFile } from 'node:fs/promises';

/** When the user was last seen looking at a session, in milliseconds since 1970; 0 when never. `path` is the session's file `seen`. */
export function readSeen(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Remembers a look. Of little weight: where it cannot be written (a full disk, a read-only home) a turn stays `done`. */
export async function markSeen(path: string, time: number): Promise<void> {
  try {
    await writeFile(path, '', { mode: 0o600, flag: 'a' });
    await utimes(path, time / 1000, time / 1000);
  } catch {
    // See above.
  }
}
