import { statSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../base/errors.ts';
import { isTime } from '../base/json.ts';
import { hasCode } from '../store/file.ts';
import { parseIdentity } from '../store/identityFile.ts';
import type { SessionPaths } from '../store/paths.ts';
import { MOST, readTextFile } from '../store/regularFile.ts';

export const RECORDING_MS = 60;

export function textOf(mark: Mark | null): string {
  return mark === null ? '' : mark.text.trim();
}

export function timeOf(mark: Mark | null): number | null {
  return mark === null ? null : mark.time;
}

export type Marks = Readonly<Record<'pid' | 'starting' | 'exit' | 'session' | 'prompted' | 'stage', Mark | null>>;

function readMarks(files: SessionPaths): Marks {
  return {
    pid: readMark(files.pid),
    starting: readMark(files.starting),
    exit: readMark(files.exit),
    session: readMark(files.session),
    prompted: readMark(files.prompted),
    stage: readMark(files.stage),
  };
}

/**
 * The marks once the one of the program is whole: a launch file opens it and fills it in one write. What is empty after a moment could not be
 * filled, on a full disk, and the program may run all the same. Throws a UserError then. One from before this boot names nobody.
 */
export async function readFilledMarks(files: SessionPaths): Promise<Marks> {
  const first = readMarks(files);
  if (isFilled(first.pid)) return first;
  await pause(RECORDING_MS);
  const marks = readMarks(files);
  if (isFilled(marks.pid)) return marks;
  if (marks.pid !== null && marks.pid.time < Date.now() - uptime() * 1000) return { ...marks, pid: null };
  throw new UserError(
    `"${files.pid}" names no process: its launch file could not write it (is the disk full?), so whether the program runs is not known`,
  );
}

function isFilled(mark: Mark | null): boolean {
  return mark === null || parseIdentity(mark.text) !== null;
}

interface Mark {
  readonly text: string;
  readonly time: number;
}

/** Read in place, for there are six a session (store/file.ts); most are not there, and an error that says so costs more than the look. */
function readMark(path: string): Mark | null {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return null;
  try {
    return { text: readTextFile(path, MOST.mark), time: facts.mtimeMs };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Exit code and time (seconds since 1970) on one line, and whether that was at once. */
export function parseExit(
  text: string,
): { readonly code: number; readonly time: number | null; readonly early: boolean } | null {
  const match = /^(\d+) (\d+)( early)?$/m.exec(text);
  if (!match) return null;
  const time = Number(match[2]) * 1000;
  return { code: Number(match[1]), time: isTime(time) ? time : null, early: match[3] !== undefined };
}
