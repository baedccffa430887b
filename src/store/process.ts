import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hasCode } from './file.ts';

/** One process for as long as the machine runs: pids are used again, a pid with its start time is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: field 22 of /proc/PID/stat, in clock ticks since boot. macOS: the start time as `ps` prints it. */
  readonly procStart: string;
}

/** Start time of a live process, null when there is none (a zombie has ended: `kill -0` would call it alive). Throws when the system cannot be asked. */
export async function readProcStart(pid: number): Promise<string | null> {
  if (!Number.isSafeInteger(pid) || pid < 1) return null;
  return process.platform === 'linux' ? readLinux(pid) : readWithPs(pid);
}

/** True when exactly this process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await readProcStart(identity.pid)) === identity.procStart;
}

/** True when `pid` is a child of `ancestor`, or a child's child, at most four deep. */
export async function descendsFrom(pid: number, ancestor: number): Promise<boolean> {
  let at: number | null = pid;
  for (let depth = 0; depth < 4 && at !== null && at > 1; depth++) {
    at = await readParent(at);
    if (at === ancestor) return true;
  }
  return false;
}

/** Names this run of the machine; another value means every recorded process is gone. */
export async function readBootId(): Promise<string> {
  if (process.platform === 'linux') return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const { stdout } = await ask('sysctl', ['-n', 'kern.boottime']);
  return /sec = (\d+)/.exec(stdout)?.[1] ?? stdout.trim();
}

async function readLinux(pid: number): Promise<string | null> {
  const fields = await readStat(pid);
  return fields === null || fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** Fields 3 and on of /proc/PID/stat. The program's name before them stands in parentheses and may hold blanks and parentheses itself. */
async function readStat(pid: number): Promise<readonly string[] | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return null;
    throw error;
  }
}

async function readParent(pid: number): Promise<number | null> {
  const parent = process.platform === 'linux' ? (await readStat(pid))?.[1] : (await ask('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout.trim();
  return parent === undefined || !/^\d+$/.test(parent) ? null : Number(parent);
}

async function readWithPs(pid: number): Promise<string | null> {
  const { code, stdout } = await ask('ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
  if (code === 1 && stdout.trim() === '') return null;
  const match = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout);
  if (!match) throw new Error(`ps said nothing readable about pid ${pid}: ${stdout}`);
  const [, state = '', start = ''] = match;
  return state.startsWith('Z') ? null : start.replace(/\s+/g, ' ');
}

function ask(program: string, args: readonly string[]): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    execFile(program, [...args], { timeout: 5000, env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' } }, (error, stdout) => {
      if (!error) resolve({ code: 0, stdout });
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout });
      else reject(new Error(`${program} gave no answer`, { cause: error }));
    });
  });
}
