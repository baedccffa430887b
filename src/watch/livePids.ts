import { readdirSync } from 'node:fs';
import { hasCode } from '../store/file.ts';

/** The pids in Claude's registry whose processes live, as one text: another one means that a process came or went. kill -9 fires no event. */
export function livePids(sessions: string): string {
  return namesIn(sessions)
    .filter((name) => /^\d+\.json$/.test(name) && lives(Number(name.slice(0, -5))))
    .join(' ');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}
