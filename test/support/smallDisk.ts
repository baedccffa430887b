import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../src/store/file.ts';

export interface SmallDisk {
  readonly path: string;
  /** Leaves no byte free, or as many as are said; `makeRoom` takes it back. */
  fill(leave?: number): Promise<void>;
  makeRoom(): Promise<void>;
  dispose(): Promise<void>;
}

/** A small file system needs root and the right to mount. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'ct-mount-'));
  const mounted = process.platform === 'linux' && mount(folder, '64k');
  if (mounted) spawnSync('umount', [folder]);
  rmdirSync(folder);
  return mounted;
}

/** `size` as mount takes it: `1m`. */
export async function mountSmallDisk(size: string): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'ct-small-'));
  mount(path, size);
  const ballast = join(path, 'ballast');
  return {
    path,
    fill: async (leave = 0) => {
      const { bavail, bsize } = statfsSync(path);
      // Whoever writes meanwhile takes a part of it.
      await writeFile(ballast, Buffer.alloc(bavail * bsize - leave)).catch((error: unknown) => {
        if (!hasCode(error, 'ENOSPC')) throw error;
      });
    },
    makeRoom: () => rm(ballast),
    dispose: async () => {
      // Lazily: what was started from it may have a file open for a moment longer.
      spawnSync('umount', ['-l', path]);
      await rmdir(path);
    },
  };
}

function mount(folder: string, size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', folder]).status === 0;
}
