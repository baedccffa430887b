import { readIfThere } from './file.ts';
import { placeKey, readMachine } from './machine.ts';
import { isAlive, readProcStart, type ProcessIdentity } from './process.ts';

/** One process, also across reboots: after one the pid alone is some other program's. */
export interface RecordedProcess extends ProcessIdentity {
  /** As `readBootId` gives it. */
  readonly boot: string;
  /** As `placeKey` names the machine and its pid namespace; null in files written before it was kept: this one. */
  readonly place: string | null;
}

/**
 * Pid, start time and (on one line) boot and place, as the shell scripts of tmux-plugin/ read and write them; null for a file that is just
 * being written.
 */
export function parseIdentity(text: string): RecordedProcess | null {
  const [pid = '', procStart = '', run = ''] = text.split('\n');
  const [boot = '', place = null] = run.split(' ');
  return /^\d+$/.test(pid) && procStart !== '' && boot !== '' ? { pid: Number(pid), procStart, boot, place } : null;
}

/** The text that `parseIdentity` reads. */
export function renderIdentity({ pid, procStart, boot, place }: RecordedProcess): string {
  return `${pid}\n${procStart}\n${boot}${place === null ? '' : ` ${place}`}\n`;
}

/** This process. */
export async function readOwnProcess(): Promise<RecordedProcess> {
  const procStart = await readProcStart(process.pid);
  if (procStart === null) throw new Error('this process has no start time');
  const machine = await readMachine();
  return { pid: process.pid, procStart, boot: machine.boot, place: placeKey(machine) };
}

/** The live process that a file names; null when there is no file, or its process has ended, or is another machine's. */
export async function readLiveProcess(path: string): Promise<RecordedProcess | null> {
  const named = parseIdentity(readIfThere(path) ?? '');
  if (named === null) return null;
  const machine = await readMachine();
  const isHere = named.boot === machine.boot && (named.place === null || named.place === placeKey(machine));
  return isHere && (await isAlive(named)) ? named : null;
}
