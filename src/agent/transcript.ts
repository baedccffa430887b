import { readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { hasCode } from '../store/file.ts';
import { withRegularFile } from '../store/regularFile.ts';
import { parseTranscriptTail, type TranscriptTail } from '../status/transcript.ts';

/** Bytes read of a transcript's end: some answers with their tool results. Reading whole files took one manager of sessions to 492 % of a core. */
const TAIL = 64 * 1024;
/** Read at most, where one tool result fills the end: twice as much each time until an answer is in it. */
const LONGEST_TAIL = 4 * 1024 * 1024;

/** The end of a conversation's transcript; null when it has none yet. `projects` is Claude's folder of transcripts, `cwd` where the session was started. */
export function readTranscript(projects: string, conversation: string, cwd: string): TranscriptTail | null {
  const likely = readTail(join(projects, folderName(cwd), `${conversation}.jsonl`));
  if (likely !== null) return likely;
  for (const folder of foldersOf(projects)) {
    const tail = readTail(join(projects, folder, `${conversation}.jsonl`));
    if (tail !== null) return tail;
  }
  return null;
}

/** True when a conversation has a transcript that is not empty, in whatever project's folder. */
export function hasTranscript(projects: string, conversation: string): boolean {
  return foldersOf(projects).some((folder) => isFilled(join(projects, folder, `${conversation}.jsonl`)));
}

/** True for a file that is there and not empty. */
export function isFilled(path: string): boolean {
  try {
    const facts = statSync(path);
    return facts.isFile() && facts.size > 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    // What cannot be looked at is not gone.
    return true;
  }
}

/** As Claude Code 2.1.197 names the folder of a project: every character that is no letter or digit becomes `-`. */
function folderName(cwd: string): string {
  return cwd.replace(/[^A-Za-z0-9]/g, '-');
}

function foldersOf(projects: string): readonly string[] {
  try {
    return readdirSync(projects);
  } catch (error) {
    if (isUnreadable(error)) return [];
    throw error;
  }
}

/** A transcript adds to what is known and decides nothing: one that cannot be read is as none. */
function isUnreadable(error: unknown): boolean {
  return error instanceof UserError || (error instanceof Error && 'code' in error);
}

function readTail(path: string): TranscriptTail | null {
  try {
    return withRegularFile(path, (file, { size }) => readBack(file, size));
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

function readBack(file: number, size: number): TranscriptTail {
  for (let length = TAIL; ; length *= 2) {
    const part = Math.min(length, size);
    const buffer = Buffer.alloc(part);
    const bytesRead = readSync(file, buffer, 0, part, size - part);
    const tail = parseTranscriptTail(buffer.toString('utf8', 0, bytesRead));
    if (tail.contextTokens !== null || length >= Math.min(size, LONGEST_TAIL)) return tail;
  }
}
