import { isObject, numberAt, textAt, timeAt } from '../base/json.ts';
import { conversationAt } from './conversationId.ts';

/** One file of Claude Code's registry (`sessions/PID.json`, 2.1.197): what a live process says of itself. Unknown fields and values of newer versions are kept as text. */
export interface RegistryEntry {
  readonly pid: number;
  readonly sessionId: string | null;
  readonly cwd: string | null;
  /** Start of the process as Claude wrote it (Linux: field 22 of /proc/PID/stat); guards against a pid used again. */
  readonly procStart: string | null;
  readonly kind: string | null;
  readonly name: string | null;
  /** `busy`, `waiting`, `idle`, `shell`; null for the first 50 ms. */
  readonly status: string | null;
  /** `permission prompt`, `worker request`, `sandbox request`, `dialog open`, `input needed`; null when not waiting. */
  readonly waitingFor: string | null;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly statusUpdatedAt: number | null;
}

/** An entry from parsed JSON; null when it names no process. */
export function parseRegistryEntry(value: unknown): RegistryEntry | null {
  if (!isObject(value)) return null;
  const pid = numberAt(value, 'pid');
  if (pid === null || !Number.isSafeInteger(pid) || pid < 1) return null;
  return {
    pid,
    sessionId: conversationAt(value, 'sessionId'),
    cwd: pathAt(value, 'cwd'),
    procStart: textAt(value, 'procStart'),
    kind: textAt(value, 'kind'),
    name: textAt(value, 'name'),
    status: textAt(value, 'status'),
    waitingFor: textAt(value, 'waitingFor'),
    startedAt: timeAt(value, 'startedAt'),
    statusUpdatedAt: timeAt(value, 'statusUpdatedAt') ?? timeAt(value, 'updatedAt'),
  };
}

/** An absolute path; no path of any system holds a NUL. */
function pathAt(value: Readonly<Record<string, unknown>>, key: string): string | null {
  const path = textAt(value, key);
  return path?.startsWith('/') === true && !path.includes('\0') ? path : null;
}
