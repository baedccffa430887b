import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTranscriptTail, type TranscriptTail } from '../status/transcript.ts';
import { hasCode } from '../store/file.ts';

/** Bytes read of a transcript's end: some answers with their tool results. Reading whole files took one manager of sessions to 492 % of a core. */
const TAIL = 64 * 1024;

/** The end of a conversation's transcript; null when it has none yet. `projects` is Claude's folder of transcripts, `cwd` where the session was started. */
export async function readTranscript(projects: string, conversation: string, cwd: string): Promise<TranscriptTail | null> {
  const likely = await readTail(join(projects, folderName(cwd), `${conversation}.jsonl`));
  if (likely !== null) return parseTranscriptTail(likely);
  for (const folder of await foldersOf(projects)) {
    const text = await readTail(join(projects, folder, `${conversation}.jsonl`));
    if (text !== null) return parseTranscriptTail(text);
  }
  return null;
}

/** As Claude Code 2.1.197 names the folder of a project: every character that is no letter or digit becomes `-`. */
function folderName(cwd: string): string {
  return cwd.replace(/[^A-Za-z0-9]/g, '-');
}

async function foldersOf(projects: string): Promise<string[]> {
  try {
    return await readdir(projects);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function readTail(path: string): Promise<string | null> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
  try {
    const { size } = await file.stat();
    const length = Math.min(TAIL, size);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await file.close();
  }
}
