import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Env } from './paths.ts';
import { isAlive, readProcStart } from './process.ts';

/** What a folder of ours in the temporary folder is for; its name begins with this. */
export type ScratchKind = 'diff' | 'merge' | 'objects' | 'scratch';

const KINDS: Readonly<Record<ScratchKind, string>> = {
  diff: 'claude-tmux-diff-',
  merge: 'claude-tmux-merge-',
  objects: 'claude-tmux-objects-',
  scratch: 'claude-tmux-scratch-',
};

/** Another machine may share the temporary folder: there a pid says nothing. */
const FORGOTTEN_MS = 3_600_000;

/** Makes an empty folder, named after this process; first removes those that killed runs left an hour ago or more. Its caller removes it. */
export async function makeScratchFolder(kind: ScratchKind, env: Env): Promise<string> {
  const parent = env.TMPDIR || tmpdir();
  await removeLeftovers(parent);
  return mkdtemp(join(parent, `${KINDS[kind]}${process.pid}-`));
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const prefix = Object.values(KINDS).find((one) => name.startsWith(one));
    if (prefix === undefined) continue;
    const pid = Number(/^(\d+)-/.exec(name.slice(prefix.length))?.[1] ?? 0);
    const made = await stat(join(parent, name)).catch(() => null);
    if (made === null || Date.now() - made.mtimeMs <= FORGOTTEN_MS || (await isRunning(pid))) continue;
    // Another user's stays where it is.
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

async function isRunning(pid: number): Promise<boolean> {
  const procStart = pid === 0 ? null : await readProcStart(pid);
  return procStart !== null && (await isAlive({ pid, procStart }));
}
