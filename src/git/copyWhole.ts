import { constants, copyFile, link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../store/file.ts';

interface Copying {
  readonly source: string;
  readonly target: string;
  /** Git folder of the tree that `target` is in. */
  readonly gitDir: string;
}

/** Where a file system knows no second name for a file, or the git folder lies on another one. */
const NO_LINK = ['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'];

/**
 * Copies a file with its mode; rejects with EEXIST where something is. It is in its place whole or not at all: half a file would be taken
 * for the user's own by the next run, and kept for good.
 */
export async function copyWhole({ source, target, gitDir }: Copying): Promise<void> {
  const partial = join(gitDir, 'claude-tmux.copy');
  await rm(partial, { force: true });
  try {
    await copyFile(source, partial, constants.COPYFILE_FICLONE);
    await link(partial, target);
  } catch (error) {
    if (!NO_LINK.some((code) => hasCode(error, code))) throw error;
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  } finally {
    await rm(partial, { force: true });
  }
}
