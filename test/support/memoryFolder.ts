import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const FOLDER = '/dev/shm';
/** Bytes that must be free, there and in memory: many times what the tests hold at one time. */
const ROOM = 2 * 1024 ** 3;

/** A folder that lies in memory, with room for the tests; null where there is none, or programs may not run from it (containers). */
export function memoryFolder(): string | null {
  try {
    const { bavail, bsize } = statfsSync(FOLDER);
    return Math.min(bavail * bsize, freemem()) > ROOM && mayRunFrom(FOLDER) ? FOLDER : null;
  } catch {
    return null;
  }
}

function mayRunFrom(folder: string): boolean {
  const place = mkdtempSync(join(folder, 'ct-try-'));
  try {
    const script = join(place, 'script');
    writeFileSync(script, '#!/bin/sh\n', { mode: 0o755 });
    return spawnSync(script).status === 0;
  } finally {
    rmSync(place, { recursive: true });
  }
}
