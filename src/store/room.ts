import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cannotWrite, makeFolder } from './file.ts';

/** A record, a receipt, a launch file and what a starting agent leaves are together smaller. */
const BYTES = 64 * 1024;

/**
 * Throws a UserError where a full disk would not take what is about to be written into `folder`. Asked for before an agent ends or a tree
 * moves: what fails there must fail while everything still runs.
 */
export async function needRoom(folder: string): Promise<void> {
  const probe = join(folder, `.room.${process.pid}`);
  await makeFolder(folder);
  try {
    writeFileSync(probe, Buffer.alloc(BYTES, ' '), { mode: 0o600 });
  } catch (error) {
    throw cannotWrite(folder, error);
  } finally {
    await rm(probe, { force: true });
  }
}
