import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { hasCode } from './file.ts';

/** One process for as long as the machine runs: pids are used again, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: field 22 of /proc/PID/stat, in clock ticks since boot. macOS: the start time as `ps` prints it. */
  readonly procStart: string;
}

/** Start time of a live process, null when there is none (a zombie has ended: `kill -0` would call it alive). Throws when the system cannot be asked. */
export async function readProcStart(pid: number): Promise<string | null> {
  return (await readProcess(pid))?.start ?? null;
}

/** True when exactly this process still runs, suspended or not. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await readLife(identity)) !== 'gone';
}

/** `suspended` (Ctrl-Z, SIGSTOP) it lives, and neither reads a key nor answers. */
export type ProcessLife = 'runs' | 'suspended' | 'gone';

/** What exactly this process does. */
export async function readLife({ pid, procStart }: ProcessIdentity): Promise<ProcessLife> {
  const found = await readProcess(pid);
  return found?.start === procStart ? lifeOf(found) : 'gone';
}

/** What the process with this pid does now, whichever it is. */
export async function readLifeOfPid(pid: number): Promise<ProcessLife> {
  const found = await readProcess(pid);
  return found === null ? 'gone' : lifeOf(found);
}

function lifeOf({ state }: Found): ProcessLife {
  return state.startsWith('T') ? 'suspended' : 'runs';
}

/** File name of the program that a process runs, as the system keeps it (Linux: the first 15 bytes); null when there is none. */
export async function readProgramName(pid: number): Promise<string | null> {
  try {
    const name =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/comm`, 'utf8')
        : (await ask('ps', ['-o', 'comm=', '-p', String(pid)])).stdout;
    return basename(name.trim()).replace(/^-/, '') || null;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return null;
    throw error;
  }
}

/** True when `pid` is a child of `ancestor`, or a child's child, at most `deepest` deep. */
export async function descendsFrom(pid: number, ancestor: number, deepest = 4): Promise<boolean> {
  let at: number | null = pid;
  for (let depth = 0; depth < deepest && at !== null && at > 1; depth++) {
    at = await readParent(at);
    if (at === ancestor) return true;
  }
  return false;
}

/** Pids that have a live child. */
export async function readParents(): Promise<ReadonlySet<number>> {
  if (process.platform !== 'linux')
    return new Set(
      parseParents(
        (await ask('ps', ['-A', '-o', 'state=,ppid='])).stdout.split('\n').map((line) => line.trim().split(/\s+/)),
      ),
    );
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return new Set(parseParents(pids.map((pid) => readStat(pid) ?? [])));
}

/** From state and parent of each process; a zombie is no child that runs. */
function parseParents(rows: readonly (readonly string[])[]): number[] {
  return rows.flatMap(([state, parent]) =>
    state === undefined || parent === undefined || /^[ZX]/.test(state) ? [] : [Number(parent)],
  );
}

/** The arguments a process was started with, its program first; empty when there is none. On macOS one with a blank comes as two. */
export async function readArguments(pid: number): Promise<readonly string[]> {
  if (process.platform !== 'linux')
    return (await ask('ps', ['-o', 'args=', '-p', String(pid)])).stdout
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return [];
    throw error;
  }
}

/** A variable that a process was started with; null when it has none, cannot be looked at, or the system does not show it (macOS). */
export function readVariable(pid: number, name: string): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const found = readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .find((entry) => entry.startsWith(`${name}=`));
    return found?.slice(name.length + 1) ?? null;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].some((code) => hasCode(error, code))) return null;
    throw error;
  }
}

/** Names this run of the machine; another value means every recorded process is gone. */
export async function readBootId(): Promise<string> {
  if (process.platform === 'linux') return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const { stdout } = await ask('sysctl', ['-n', 'kern.boottime']);
  return /sec = (\d+)/.exec(stdout)?.[1] ?? stdout.trim();
}

/** macOS: the hardware's UUID; null when it does not say. `kern.uuid` is the kernel's build, the same on many machines. */
export async function readHardwareId(): Promise<string | null> {
  const { stdout } = await ask('ioreg', ['-rd1', '-c', 'IOPlatformExpertDevice']);
  return /"IOPlatformUUID" = "([0-9A-F-]+)"/.exec(stdout)?.[1] ?? null;
}

interface Found {
  readonly start: string;
  /** The system's letter for what it does: `T` is suspended. */
  readonly state: string;
}

/** Null for a process that has ended, a zombie too. */
async function readProcess(pid: number): Promise<Found | null> {
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  const found = process.platform === 'linux' ? readLinux(pid) : await readWithPs(pid);
  return found === null || /^[ZX]/.test(found.state) ? null : found;
}

function readLinux(pid: number): Found | null {
  const fields = readStat(pid);
  const [state, start] = [fields?.[0], fields?.[19]];
  return state === undefined || start === undefined ? null : { state, start };
}

/** Fields 3 and on of /proc/PID/stat. The program's name before them stands in parentheses and may hold blanks and parentheses itself. */
function readStat(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return null;
    throw error;
  }
}

async function readParent(pid: number): Promise<number | null> {
  const parent =
    process.platform === 'linux'
      ? readStat(pid)?.[1]
      : (await ask('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout.trim();
  return parent === undefined || !/^\d+$/.test(parent) ? null : Number(parent);
}

async function readWithPs(pid: number): Promise<Found | null> {
  const { code, stdout } = await ask('ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
  if (code === 1 && stdout.trim() === '') return null;
  const match = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout);
  if (!match) throw new Error(`ps said nothing readable about pid ${pid}: ${stdout}`);
  const [, state = '', start = ''] = match;
  return { state, start: start.replace(/\s+/g, ' ') };
}

/** In UTC: `ps` writes the start of a process in the time zone of its caller, and that is compared with what another caller wrote. */
function ask(program: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      [...args],
      { timeout: 5000, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' } },
      (error, stdout) => {
        if (!error) resolve({ code: 0, stdout });
        else if (typeof error.code === 'number') resolve({ code: error.code, stdout });
        else reject(new Error(`${program} gave no answer`, { cause: error }));
      },
    );
  });
}
