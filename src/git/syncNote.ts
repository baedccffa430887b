import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, numberAt, textAt } from '../base/json.ts';
import { readJson, writeJson, type JsonFormat } from '../store/file.ts';
import type { RefUpdate } from './refTransaction.ts';

/** What a sync is about to do to a tree, in its git folder while it is done: who finds it knows that the tree may be half moved, and both ends. */
export interface SyncNote {
  readonly version: 1;
  readonly branch: string;
  /** Commits of the branch before and after. */
  readonly from: string;
  readonly to: string;
  /** Where the base is kept, and the commit. */
  readonly baseRef: string;
  readonly base: string;
  /** For the reflog: `sync: rebased onto origin/main`. */
  readonly message: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const FORMAT: JsonFormat<SyncNote> = {
  version: 1,
  what: "sync's note",
  parse: (value) => {
    if (!isObject(value)) return null;
    const texts = [
      textAt(value, 'branch'),
      textAt(value, 'from'),
      textAt(value, 'to'),
      textAt(value, 'baseRef'),
      textAt(value, 'base'),
      textAt(value, 'message'),
    ];
    const [branch, from, to, baseRef, base, message] = texts.map((text) => text ?? '');
    const at = numberAt(value, 'at');
    if (texts.includes(null) || at === null) return null;
    return {
      version: 1,
      branch: branch ?? '',
      from: from ?? '',
      to: to ?? '',
      baseRef: baseRef ?? '',
      base: base ?? '',
      message: message ?? '',
      at,
    };
  },
};

/** Null when no sync was cut off in the tree of this git folder. */
export function readSyncNote(gitDir: string): Promise<SyncNote | null> {
  return readJson(notePath(gitDir), FORMAT);
}

export async function writeSyncNote(gitDir: string, note: SyncNote): Promise<void> {
  await writeJson(notePath(gitDir), note);
}

export async function removeSyncNote(gitDir: string): Promise<void> {
  await rm(notePath(gitDir), { force: true });
}

/** ORIG_HEAD as after any rebase or merge, so that `git reset --keep ORIG_HEAD` takes it back. */
export function refUpdates({ branch, from, to, baseRef, base }: SyncNote): readonly RefUpdate[] {
  return [
    { ref: `refs/heads/${branch}`, to, from },
    { ref: 'ORIG_HEAD', to: from, from: null },
    { ref: baseRef, to: base, from: null },
  ];
}

function notePath(gitDir: string): string {
  return join(gitDir, 'claude-tmux-sync.json');
}
