import { join } from 'node:path';
import { isObject, textAt, timeAt } from '../base/json.ts';
import { UserError } from '../base/errors.ts';
import { readJson, writeJson, type JsonFormat } from '../store/file.ts';
import { redact } from './remoteUrl.ts';

/** Our note inside a mirror, written after each whole fetch. Times in milliseconds since the epoch. */
export interface MirrorNote {
  readonly version: 1;
  /** The repository as the user wrote it, without passwords and tokens. */
  readonly repo: string;
  /** When the last fetch began: branches are at least that new. */
  readonly fetchedAt: number;
  /** When it had ended. */
  readonly wholeAt: number;
}

const FORMAT: JsonFormat<MirrorNote> = {
  version: 1,
  what: "mirror's note",
  parse: (value) => {
    if (!isObject(value)) return null;
    const [repo, fetchedAt, wholeAt] = [textAt(value, 'repo'), timeAt(value, 'fetchedAt'), timeAt(value, 'wholeAt')];
    return repo !== null && fetchedAt !== null && wholeAt !== null ? { version: 1, repo, fetchedAt, wholeAt } : null;
  },
};

/** Null when there is none, or none that can be read: a fetch finds out all that is in it. */
export async function readMirrorNote(path: string): Promise<MirrorNote | null> {
  return readJson(notePath(path), FORMAT).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });
}

/** Call it under the mirror's lock. */
export async function writeMirrorNote(path: string, note: Omit<MirrorNote, 'version'>): Promise<void> {
  const written: MirrorNote = { version: 1, ...note, repo: redact(note.repo) };
  await writeJson(notePath(path), written, { durable: false });
}

function notePath(path: string): string {
  return join(path, 'claude-tmux.json');
}
