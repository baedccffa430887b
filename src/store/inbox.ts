import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type HookEvent, parseHookEvent } from '../status/hookEvent.ts';
import { parseCutObject } from './cutJson.ts';
import { hasCode } from './file.ts';
import { readRegularFile } from './regularFile.ts';

/** One event left by the hook: a file named `EVENT.SESSION.PPID.PID`, its time is the event's. */
export interface InboxEvent {
  /** The file's name. */
  readonly name: string;
  /** Tells this event from a later one in a file of the same name (pids come back). */
  readonly key: string;
  /** Id of the fleet's session. */
  readonly session: string;
  /** Claude's pid: hooks run without a shell in between. */
  readonly claudePid: number;
  readonly event: HookEvent;
}

/**
 * All events, oldest first. Files that are something else, or are gone by now, are passed over. Read without a thread pool: a thousand
 * small files take a third of the time that way.
 */
export function readInbox(folder: string): readonly InboxEvent[] {
  const names = unlessGone(() => readdirSync(folder)) ?? [];
  const events = names.map((name) => readEvent(folder, name)).filter((event) => event !== null);
  return events.sort((a, b) => a.at - b.at || a.hookPid - b.hookPid).map(({ left }) => left);
}

/** True when no hook has left anything; a file that is just being written is no event yet. */
export function isInboxEmpty(folder: string): boolean {
  return (unlessGone(() => readdirSync(folder)) ?? []).every((name) => name.startsWith('.'));
}

/** Deletes events, and what a killed hook has left behind. */
export function clearInbox(folder: string, names: readonly string[], now: number): void {
  const unfinished = (unlessGone(() => readdirSync(folder)) ?? []).filter(
    (name) => /^\.\d+$/.test(name) && isOld(join(folder, name), now),
  );
  for (const name of [...names, ...unfinished]) rmSync(join(folder, name), { force: true });
}

/** Milliseconds; a hook takes ten. */
const UNFINISHED_FOR = 60_000;

function isOld(path: string, now: number): boolean {
  const facts = unlessGone(() => lstatSync(path));
  return facts !== null && facts.isFile() && now - facts.mtimeMs > UNFINISHED_FOR;
}

interface Placed {
  readonly at: number;
  /** Counts up, so it orders events of one tick of the file system's clock. */
  readonly hookPid: number;
  readonly left: InboxEvent;
}

function readEvent(folder: string, name: string): Placed | null {
  const match = /^([A-Za-z]+)\.([a-z0-9][a-z0-9_-]*)\.(\d+)\.(\d+)$/.exec(name);
  if (!match) return null;
  const [, event = '', session = '', parent = '', hook = ''] = match;
  const file = unlessGone(() => readRegularFile(join(folder, name)));
  if (file === null) return null;
  const at = file.mtimeMs;
  const time = Math.max(1, Math.floor(at));
  const left = {
    name,
    key: `${name}@${at}`,
    session,
    claudePid: Number(parent),
    event: parseHookEvent(event, time, parseCutObject(file.text) ?? {}),
  };
  return { at, hookPid: Number(hook), left };
}

function unlessGone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    // ENXIO: a socket.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENXIO')) return null;
    throw error;
  }
}
