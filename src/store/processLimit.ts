import { readdirSync, readFileSync, statSync } from 'node:fs';
import { UserError } from '../base/errors.ts';

/** Node starts four threads at its first file, and is aborted without a word where it gets none (Node 20 to 24). */
const NEEDED = 5;
/** What a login usually has is thousands: only below this is counted how many there are. */
const SMALL = 1024;

/** Throws a UserError where so few processes may still be started that Node itself would be aborted. Linux; costs three small reads. */
export function refuseFewProcesses(uid: number): void {
  for (const limit of [ofUser(uid), ofGroup()]) {
    if (limit === null || limit.most - limit.used >= NEEDED) continue;
    throw new UserError(`no more processes can be started: ${limit.used} of ${limit.most} are in use`, {
      hint: limit.hint,
    });
  }
}

interface Limit {
  readonly most: number;
  /** Threads count as processes. */
  readonly used: number;
  readonly hint: string;
}

/** `ulimit -u`, which does not hold for root. */
function ofUser(uid: number): Limit | null {
  const most = parseMostProcesses(read('/proc/self/limits'));
  if (uid === 0 || most === null || most >= SMALL) return null;
  return { most, used: countThreads(uid), hint: 'raise the limit with ulimit -u, or end some programs' };
}

/** The limit of a container or a service (cgroup v2). */
function ofGroup(): Limit | null {
  const path = /^0::(\/.*)$/m.exec(read('/proc/self/cgroup'))?.[1];
  if (path === undefined) return null;
  const most = Number.parseInt(read(`/sys/fs/cgroup${path}/pids.max`), 10);
  const used = Number.parseInt(read(`/sys/fs/cgroup${path}/pids.current`), 10);
  return Number.isNaN(most) || Number.isNaN(used)
    ? null
    : { most, used, hint: 'raise the limit of the container or service (pids), or end some programs' };
}

/** The soft limit in the text of /proc/PID/limits; null where there is none. */
export function parseMostProcesses(text: string): number | null {
  const most = /^Max processes\s+(\d+)/m.exec(text)?.[1];
  return most === undefined ? null : Number(most);
}

function countThreads(uid: number): number {
  let threads = 0;
  for (const pid of names('/proc')) {
    if (!/^\d+$/.test(pid) || statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid !== uid) continue;
    threads += names(`/proc/${pid}/task`).length;
  }
  return threads;
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // It has ended meanwhile, or there is no /proc.
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
