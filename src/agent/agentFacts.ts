import { setTimeout as pause } from 'node:timers/promises';
import type { AgentFacts } from '../plan/snapshot.ts';
import { UserError } from '../base/errors.ts';
import { recordOf } from '../base/record.ts';
import { parseIdentity } from '../store/identityFile.ts';
import type { SessionRecord } from '../store/fleetRecord.ts';
import { type FleetPaths, type SessionPaths, sessionPaths } from '../store/paths.ts';
import { descendsFrom, readBootId, readLife, type ProcessLife } from '../store/process.ts';
import { isConversationId } from '../status/conversationId.ts';
import { isOver, parsePreparation, type Preparation } from '../status/preparation.ts';
import type { RegistryEntry } from '../status/registryEntry.ts';
import { claudeFoldersOf, transcriptAccount, type Account, type Caller } from './claudeFolders.ts';
import { readLaunchAccount } from './launchAccount.ts';
import { readRegistry } from './registry.ts';
import { RECORDING_MS, textOf, timeOf, type Marks, readFilledMarks, parseExit } from './launchMarks.ts';

/** What the launch file left behind, what the system says of the process, and what Claude says of itself. */
export interface AgentReading extends AgentFacts {
  /** Pid of the program the launch file started; null when it was never started. */
  readonly pid: number | null;
  /** True for a process that lives and was stopped (Ctrl-Z): it neither reads a key nor tells anything. */
  readonly suspended: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** The account its conversations are in: as its hooks reported, else as recorded, else as it was started; null when it never was. */
  readonly account: Account | null;
  /** Claude's conversation now: the registry's, else the one the hook wrote, else the one it was given. */
  readonly conversation: string | null;
  /** True when the first prompt has arrived. */
  readonly prompted: boolean;
  /** True when the conversation it has now is known to have had a prompt, so that there was a transcript. */
  readonly begun: boolean;
  /** Where the hook said that the transcript is; null when none did. */
  readonly transcript: string | null;
  readonly registry: RegistryEntry | null;
  /** What its pane does before the program runs; null when it is past that. While that goes on it counts as alive. */
  readonly preparation: Preparation | null;
  /** Why Claude's registry could not be read; null when it could. Then `registry` being null says nothing. */
  readonly registryProblem: string | null;
  /** Why what its launch file left behind could not be read; absent when it could. Then it counts as alive, and nothing more is known. */
  readonly unread?: string;
}

export interface AgentsInput extends Caller {
  readonly paths: FleetPaths;
  readonly sessions: readonly (Pick<SessionRecord, 'id' | 'isClaude' | 'conversation'> &
    Partial<Pick<SessionRecord, 'account'>>)[];
}

/** A launch file that runs counts as started until its program has left a pid, for at most this long: what asks for an id waits for somebody. */
const START_GRACE_MS = 5000;

/** Readings by session id, one for each of `sessions`. A file of ours that cannot be read is an error of that session, never "gone". */
export async function readAgents({
  paths,
  sessions,
  env,
  home,
}: AgentsInput): Promise<Readonly<Record<string, AgentReading>>> {
  const boot = await readBootId();
  const registries = new Map<string, Promise<Registry>>();
  const registryOf = (folder: string): Promise<Registry> => {
    const asked = registries.get(folder) ?? askRegistry(folder);
    registries.set(folder, asked);
    return asked;
  };
  const readings = await Promise.all(
    sessions.map(async (session): Promise<[string, AgentReading]> => {
      return [
        session.id,
        await readOrSay(session, { files: sessionPaths(paths, session.id), boot, caller: { env, home }, registryOf }),
      ];
    }),
  );
  return recordOf(readings);
}

interface Registry {
  readonly entries: readonly RegistryEntry[];
  readonly problem: string | null;
}

const NOBODY: Registry = { entries: [], problem: null };

/** Claude's registry is one witness of several: where it cannot be read, hooks, process and screen carry on. */
async function askRegistry(folder: string): Promise<Registry> {
  try {
    return { entries: await readRegistry(folder), problem: null };
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { entries: [], problem: error.message };
    throw error;
  }
}

interface Known {
  readonly files: SessionPaths;
  readonly boot: string;
  readonly caller: Caller;
  /** What the registry in a folder says; each is read once. */
  readonly registryOf: (folder: string) => Promise<Registry>;
}

async function readOrSay(session: AgentsInput['sessions'][number], known: Known): Promise<AgentReading> {
  try {
    return await readAgent(session, known);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...UNREAD, account: session.account ?? null, conversation: session.conversation, unread: error.message };
  }
}

const UNREAD = {
  alive: true,
  exit: null,
  pid: null,
  suspended: false,
  startedAt: null,
  endedAt: null,
  prompted: false,
  registry: null,
  preparation: null,
  registryProblem: null,
  begun: true,
  transcript: null,
} as const;

async function readAgent(session: AgentsInput['sessions'][number], known: Known): Promise<AgentReading> {
  const first = await readFilledMarks(known.files);
  const account = accountOf(session, first, known);
  const claudes = session.isClaude
    ? await known.registryOf(claudeFoldersOf({ account }, known.caller).sessions)
    : NOBODY;
  const { marks, pid, life, registry } = await readRun(first, { ...known, entries: claudes.entries });
  const runs = life !== 'gone';
  const preparation = runs ? null : await readPreparation(marks, known.boot);
  const starting = !runs && (preparation === null ? await isStarting(marks, known.boot) : !isOver(preparation));
  const end = runs || starting ? null : parseExit(textOf(marks.exit));
  return {
    alive: runs || starting,
    exit: end?.code ?? null,
    early: end?.early ?? false,
    pid,
    suspended: life === 'suspended',
    startedAt: startOf(marks, { starting, preparation }),
    endedAt: end?.time ?? null,
    account,
    conversation: registry?.sessionId ?? toldConversation(marks) ?? session.conversation,
    prompted: marks.prompted !== null,
    begun: isBegun(marks, session.conversation),
    transcript: transcriptOf(marks),
    registry,
    preparation,
    registryProblem: claudes.problem,
  };
}

interface Run extends RunProcess {
  readonly marks: Marks;
}

/**
 * The marks with the process they name. A program that has just ended is recorded by its launch file a moment later: only what stays
 * without a record was killed with its pane. In that moment another one may have been started.
 */
async function readRun(first: Marks, known: Known & Entries): Promise<Run> {
  const found = await readProcess(first, known);
  if (found.life !== 'gone' || first.exit !== null || found.pid === null) return { marks: first, ...found };
  await pause(RECORDING_MS);
  const marks = await readFilledMarks(known.files);
  const isAnother = textOf(marks.pid) !== textOf(first.pid);
  return { marks, ...(isAnother ? await readProcess(marks, known) : found) };
}
/** The hook reports where the transcript lies: a wrapper around claude may have chosen another account than we gave it. */
function accountOf(
  session: AgentsInput['sessions'][number],
  { session: mark }: Marks,
  { files, caller }: Known,
): Account | null {
  if (!session.isClaude) return session.account ?? null;
  const believed = session.account ?? readLaunchAccount(files.launch);
  return transcriptAccount(transcriptOf({ session: mark }) ?? '', { believed, home: caller.home });
}

interface Entries {
  readonly entries: readonly RegistryEntry[];
}

interface RunProcess {
  readonly pid: number | null;
  readonly life: ProcessLife;
  readonly registry: RegistryEntry | null;
}

async function readProcess(marks: Marks, { boot, entries }: Pick<Known, 'boot'> & Entries): Promise<RunProcess> {
  const owner = parseIdentity(textOf(marks.pid));
  if (!owner) return { pid: null, life: 'gone', registry: null };
  const life = owner.boot === boot ? await readLife(owner) : 'gone';
  return { pid: owner.pid, life, registry: life === 'gone' ? null : await findEntry(entries, owner.pid) };
}

/** The hook's third line. */
function transcriptOf({ session }: Pick<Marks, 'session'>): string | null {
  return textOf(session).split('\n')[2] || null;
}

/**
 * The mark `prompted` names the conversation that had a prompt (older ones are empty: then it was the first, as given). One that was
 * resumed had one before; one that /clear began has none yet.
 */
function isBegun(marks: Marks, given: string | null): boolean {
  const [, source = ''] = textOf(marks.session).split('\n');
  const now = toldConversation(marks) ?? given;
  if (now === null || marks.prompted === null) return false;
  return source === 'resume' || (textOf(marks.prompted) || given) === now;
}

/** What the hook wrote; anything else that lies there is none. */
function toldConversation({ session }: Marks): string | null {
  const [text = ''] = textOf(session).split('\n');
  return isConversationId(text) ? text : null;
}

function startOf(
  { starting: mark, stage, pid }: Marks,
  { starting, preparation }: { readonly starting: boolean; readonly preparation: Preparation | null },
): number | null {
  if (!starting) return timeOf(pid);
  return timeOf(preparation === null ? mark : stage);
}

/** Only while the launch file that wrote it lives: killed, it prepares nothing. */
async function readPreparation({ stage }: Marks, boot: string): Promise<Preparation | null> {
  const text = textOf(stage);
  const owner = parseIdentity(text);
  if (owner?.boot !== boot || (await readLife(owner)) === 'gone') return null;
  return parsePreparation(text.split('\n').slice(3));
}

/** Newer than anything its program left, not old, and its launch file lives: one that was written and never ran, or was killed, starts nothing. */
async function isStarting({ starting, pid, exit }: Marks, boot: string): Promise<boolean> {
  if (
    starting === null ||
    Date.now() - starting.time >= START_GRACE_MS ||
    starting.time <= Math.max(pid?.time ?? 0, exit?.time ?? 0)
  )
    return false;
  const owner = parseIdentity(starting.text);
  return owner?.boot === boot && (await readLife(owner)) !== 'gone';
}

/** The entry of this process, or of a claude behind a wrapper (`mise x -- claude`). */
async function findEntry(entries: readonly RegistryEntry[], pid: number): Promise<RegistryEntry | null> {
  const own = entries.find((entry) => entry.pid === pid);
  if (own) return own;
  for (const entry of entries) if (await descendsFrom(entry.pid, pid)) return entry;
  return null;
}
