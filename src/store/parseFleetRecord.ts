import { isObject, numberAt, textAt, textsAt } from '../base/json.ts';
import { STRATEGIES, SYNC_STRATEGIES } from '../layout/layout.ts';
import { parseMachine } from './machine.ts';
import type { ClosedSession, FleetRecord, SessionRecord } from './fleetRecord.ts';

type Fields = Readonly<Record<string, unknown>>;
const KINDS: readonly SessionRecord['kind'][] = ['agent', 'command', 'placeholder'];

/** fleet.json as a record; null when a field that everything depends on is missing or of another type. */
export function parseFleetRecord(value: unknown): FleetRecord | null {
  if (!isObject(value)) return null;
  const texts = required(value, ['uuid', 'name', 'session', 'socket', 'repo', 'layout', 'workspace', 'createdAt']);
  const strategy = STRATEGIES.find((known) => known === value.strategy);
  const sessions = parseSessions(value.sessions);
  if (!texts || !strategy || !sessions) return null;
  const mcpServers = Array.isArray(value.mcpServers) ? textsAt(value, 'mcpServers') : null;
  const localSettings = typeof value.localSettings === 'boolean' ? value.localSettings : null;
  return {
    version: 1,
    ...texts,
    machine: parseMachine(value.machine),
    strategy,
    checkout: textAt(value, 'checkout'),
    task: textAt(value, 'task'),
    mcpServers,
    localSettings,
    sessions,
    added: parseAdded(value.added),
    closed: parseClosed(value.closed),
  };
}

function parseSessions(value: unknown): readonly SessionRecord[] | null {
  if (!Array.isArray(value)) return null;
  const sessions = value.map(parseSession).filter((session) => session !== null);
  return sessions.length === value.length ? sessions : null;
}

function parseSession(value: unknown): SessionRecord | null {
  if (!isObject(value)) return null;
  const texts = required(value, ['id', 'name', 'color', 'path', 'launchHash']);
  const kind = KINDS.find((known) => known === value.kind);
  const number = numberAt(value, 'number');
  if (!texts || !kind || number === null) return null;
  const optional = {
    renamedFrom: textAt(value, 'renamedFrom'),
    key: textAt(value, 'key'),
    owner: textAt(value, 'owner'),
    branch: textAt(value, 'branch'),
    base: textAt(value, 'base'),
    baseOf: textAt(value, 'baseOf'),
    syncedAt: textAt(value, 'syncedAt'),
  };
  const syncWhenIdle = SYNC_STRATEGIES.find((mode) => mode === value.syncWhenIdle) ?? null;
  return {
    ...texts,
    ...optional,
    kind,
    number,
    isClaude: value.isClaude === true,
    conversation: textAt(value, 'conversation'),
    account: textAt(value, 'account'),
    port: numberAt(value, 'port'),
    task: parseTask(value.task),
    nextTask: parseTask(value.nextTask),
    syncWhenIdle,
    ...(value.asksFirst === true ? { asksFirst: true } : {}),
    dependsOn: parseDependencies(value.dependsOn),
  };
}

/** One that cannot be read is left out: its archive is still there, and its receipt says what it is. */
function parseClosed(value: unknown): FleetRecord['closed'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((member: unknown): ClosedSession[] => {
    const session = isObject(member) ? parseSession(member.session) : null;
    const texts = isObject(member) ? required(member, ['at', 'slot']) : null;
    return session === null || texts === null || !isObject(member)
      ? []
      : [{ ...texts, session, archive: textAt(member, 'archive'), inode: numberAt(member, 'inode') ?? 0 }];
  });
}

/** Their shape is the layout's to judge. */
function parseAdded(value: unknown): FleetRecord['added'] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function parseTask(value: unknown): SessionRecord['task'] {
  return isObject(value) ? required(value, ['text', 'branch', 'conversation']) : null;
}

function parseDependencies(value: unknown): SessionRecord['dependsOn'] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((member: unknown) => (isObject(member) && required(member, ['id', 'until'])) || []);
}

/** The named texts, all of them; null when one is missing. */
function required<const Key extends string>(value: Fields, keys: readonly Key[]): Readonly<Record<Key, string>> | null {
  const found = keys.map((key) => [key, textAt(value, key)] as const);
  // `as`: Object.fromEntries forgets which keys it was given.
  return found.every(([, text]) => text !== null) ? (Object.fromEntries(found) as Record<Key, string>) : null;
}
