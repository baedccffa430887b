import { hasCode } from './file.ts';
import { isAlive, readBootId, readProcStart, type ProcessIdentity } from './process.ts';
import { readRegularFile } from './regularFile.ts';

/** One process, also across reboots: after one the pid alone is some other program's. */
export interface RecordedProcess extends ProcessIdentity {
  /** As `readBootId` gives it. */
  readonly boot: string;
}

/** Pid, start time and boot, a line each, as the shell scripts of tmux-plugin/ read and write them; null for a file that is just being written. */
export function parseIdentity(text: string): RecordedProcess | null {
  const [pid = '', procStart = '', boot = ''] = text.split('\n');
  return /^\d+$/.test(pid) && procStart !== '' && boot !== '' ? { pid: Number(pid), procStart, boot } : null;
}

/** The text that `parseIdentity` reads. */
export function renderIdentity({ pid, procStart, boot }: RecordedProcess): string {
  return `${pid}\n${procStart}\n${boot}\n`;
}

/** This process. */
export async function readOwnProcess(): Promise<RecordedProcess> {
  const procStart = await readProcStart(process.pid);
  if (procStart === null) throw new Error('this process has no start time');
  return { pid: process.pid, procStart, boot: await readBootId() };
}

/** The live process that a file names; null when there is no file, or its process has ended. */
export async function readLiveProcess(path: string): Promise<RecordedProcess | null> {
  const named = parseIdentity(textOf(path));
  return named !== null && named.boot === (await readBootId()) && (await isAlive(named)) ? named : null;
}

function textOf(path: string): string {
  try {
    return readRegularFile(path)?.text ?? '';
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return '';
    throw error;
  }
}
