import { UserError } from '../base/errors.ts';
import { recordOf } from '../base/record.ts';
import type { HookEvent } from '../status/hookEvent.ts';
import { foldHookEvent, type HookState } from '../status/hookState.ts';
import { hasCode } from '../store/file.ts';
import { type HookStates, readHookStates, writeHookStates } from '../store/hookStates.ts';
import { clearInbox, type InboxEvent, isInboxEmpty, readInbox } from '../store/inbox.ts';
import { appendJournal, endOfJournal, type JournalEntry, type JournalMark } from '../store/journal.ts';
import { readLockOwner, withLock } from '../store/lock.ts';
import type { FleetPaths } from '../store/paths.ts';

type SessionStates = Readonly<Record<string, HookState>>;

/**
 * What the hooks have told of each session of a fleet, by its id. Who gets the lock at once folds the inbox into hooks.json and the
 * journal and empties it; who does not (somebody else is at it), or cannot write, folds in memory and changes nothing.
 */
export async function foldInbox(fleet: FleetPaths): Promise<SessionStates> {
  if (isInboxEmpty(fleet.inbox)) return (await readHookStates(fleet)).sessions;
  const locked = await underLock(fleet, () => commit(fleet));
  return locked ?? readOnly(fleet);
}

/** Null when the lock cannot be had, or the result cannot be written. */
async function underLock<T>(fleet: FleetPaths, run: () => Promise<T>): Promise<T | null> {
  if (await readLockOwner(fleet.hooksLock)) return null;
  try {
    return await withLock(fleet.hooksLock, { timeoutMs: 0, what: 'reading what the hooks told' }, run);
  } catch (error) {
    if (error instanceof UserError || cannotWrite(error)) return null;
    throw error;
  }
}

function cannotWrite(error: unknown): boolean {
  return CANNOT_WRITE.some((code) => hasCode(error, code));
}

const CANNOT_WRITE = ['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EISDIR'];

/**
 * The journal is written first and hooks.json, with the journal's new end, second: that rename is the one moment in which everything
 * counts. Ended before it, the next one cuts the journal back and folds the same files again; ended after it, it only deletes them.
 */
async function commit(fleet: FleetPaths): Promise<SessionStates> {
  const before = await readHookStates(fleet);
  const events = readInbox(fleet.inbox);
  const { sessions, entries } = fold(before, events);
  if (entries.length > 0) {
    const journal = await appendJournal(fleet.journal, entries, {
      mark: before.journal ?? (await beginJournal(fleet, before)),
    });
    await writeHookStates(fleet, { version: 1, sessions, folded: events.map(({ key }) => key), journal });
  }
  clearInbox(
    fleet.inbox,
    events.map(({ name }) => name),
    Date.now(),
  );
  return sessions;
}

/** Noted before the first line is written, so that even that line is found again after a kill. */
async function beginJournal(fleet: FleetPaths, before: HookStates): Promise<JournalMark> {
  const journal = await endOfJournal(fleet.journal);
  await writeHookStates(fleet, { ...before, journal });
  return journal;
}

/** Retried while somebody folds in between: an event must be in the inbox or in hooks.json, seen together. */
async function readOnly(fleet: FleetPaths): Promise<SessionStates> {
  for (let tries = 1; ; tries++) {
    const before = await readHookStates(fleet);
    const events = readInbox(fleet.inbox);
    const after = await readHookStates(fleet);
    if (JSON.stringify(before) === JSON.stringify(after) || tries === 5) return fold(after, events).sessions;
  }
}

function fold(
  before: HookStates,
  events: readonly InboxEvent[],
): { readonly sessions: SessionStates; readonly entries: readonly JournalEntry[] } {
  const done = new Set(before.folded);
  const sessions = new Map(Object.entries(before.sessions));
  const entries: JournalEntry[] = [];
  for (const { key, session, event } of events) {
    if (done.has(key)) continue;
    const old = sessions.get(session) ?? null;
    const next = foldHookEvent(old, event);
    sessions.set(session, next);
    entries.push(toEntry(session, event, { from: old && label(old), to: label(next) }));
  }
  return { sessions: recordOf(sessions), entries };
}

/** What the hooks alone say: the oldest open dialog, else the turn. */
function label({ open, turn }: HookState): string {
  return open[0]?.kind ?? turn.phase;
}

function toEntry(session: string, event: HookEvent, { from, to }: { from: string | null; to: string }): JournalEntry {
  const changed = from !== to;
  return {
    v: 1,
    t: event.time,
    session,
    conversation: event.sessionId,
    agent: event.agentId,
    event: event.event,
    kind: event.kind,
    tool: event.tool,
    from: changed ? from : null,
    to: changed ? to : null,
    // Their detail is the tool's input.
    detail: event.event === 'PermissionRequest' || event.event === 'PreToolUse' ? null : event.detail,
  };
}
