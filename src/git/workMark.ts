import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../store/file.ts';

/** The note in a new tree's git folder that it is still to get the checkout's work; a tree with it has not got that, or a part of it. */
export async function noteLackingWork(gitDir: string): Promise<void> {
  await writeFileAtomic(workMark(gitDir), '');
}

export async function forgetLackingWork(gitDir: string): Promise<void> {
  await rm(workMark(gitDir), { force: true });
}

export function lacksWork(gitDir: string): boolean {
  return existsSync(workMark(gitDir));
}

function workMark(gitDir: string): string {
  return join(gitDir, 'claude-tmux-work');
}
