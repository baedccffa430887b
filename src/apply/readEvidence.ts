import { readAgents, type AgentReading } from '../agent/agentFacts.ts';
import { claudeFoldersOf } from '../agent/claudeFolders.ts';
import { UserError } from '../base/errors.ts';
import { recordOf } from '../base/record.ts';
import { readTranscript } from '../agent/transcript.ts';
import type { TmuxSession } from '../plan/snapshot.ts';
import { agentState, wantsScreen, type AgentVerdict } from '../status/agentState.ts';
import type { HookState } from '../status/hookState.ts';
import { STATES } from '../status/states.ts';
import type { TranscriptTail } from '../status/transcript.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths, type FleetPaths, sessionPaths } from '../store/paths.ts';
import { markSeen, readSeen } from '../store/seen.ts';
import { capturePane } from '../tmux/panes.ts';
import { readServer, type ServerFacts } from '../tmux/readServer.ts';
import { UnseenServer } from '../tmux/seenServer.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
import { readElsewhere, type Elsewhere } from './elsewhere.ts';
import { whyAway } from './fleetHome.ts';
import { foldInbox } from './foldInbox.ts';

export interface FleetPlace {
  readonly record: FleetRecord;
  readonly server: TmuxServer;
}

/** All that is known of one session's agent, and what follows from it. */
export interface SessionEvidence {
  readonly session: SessionRecord;
  /** tmux pane and window id; null when it is not on the screen. */
  readonly pane: string | null;
  readonly window: string | null;
  /** Null for a session that was never started. */
  readonly facts: AgentReading | null;
  /** What the hooks of the process that runs now have told; null without any. */
  readonly hooks: HookState | null;
  /** Why what the hooks told could not be read; null when it could. */
  readonly hooksProblem: string | null;
  /** The end of its conversation's transcript; null without one. */
  readonly talk: TranscriptTail | null;
  /** Where it works when that is not its tree; null in its tree, and when it does not run. */
  readonly elsewhere: Elsewhere | null;
  readonly verdict: AgentVerdict;
}

/** What is to be known of a fleet's tmux server. */
export type ServerKnown = Pick<ServerFacts, 'session' | 'clients'>;

/** Reads what processes, registry, hooks and (where those are silent) the screen tell of each session of a fleet; `known` saves the look at the server. */
export async function readEvidence(
  context: Context,
  place: FleetPlace,
  known?: ServerKnown,
): Promise<readonly SessionEvidence[]> {
  const away = await whyAway(context, place.record);
  if (away !== null) return unseenEvidence(place.record, away);
  try {
    return await readOwnEvidence(context, place, known);
  } catch (error) {
    if (error instanceof UnseenServer) return unseenEvidence(place.record, error.message);
    throw error;
  }
}

/** A fleet whose processes cannot be seen: nothing is known of it, and nothing of what its hooks reported is removed. */
function unseenEvidence({ sessions }: FleetRecord, why: string): readonly SessionEvidence[] {
  const verdict: AgentVerdict = {
    state: 'unknown',
    since: null,
    detail: why,
    source: 'none',
    rule: 'a process that cannot be seen from here is not one that has ended',
    until: null,
  };
  return sessions.map((session) => ({
    session,
    pane: null,
    window: null,
    facts: null,
    hooks: null,
    hooksProblem: null,
    talk: null,
    elsewhere: null,
    verdict,
  }));
}

async function readOwnEvidence(
  context: Context,
  place: FleetPlace,
  known?: ServerKnown,
): Promise<readonly SessionEvidence[]> {
  const [tmux, told] = await Promise.all([known ?? lookAtServer(context, place), readTold(context, place)]);
  return judgeAll(context, place, { ...told, tmux, look: () => Promise.resolve(tmux) });
}

/** The same, less where each session is on the screen and whether anybody looked at it: tmux is asked only where a screen decides. */
export async function readVerdicts(
  context: Context,
  place: FleetPlace,
): Promise<readonly Omit<SessionEvidence, 'pane' | 'window'>[]> {
  const away = await whyAway(context, place.record);
  if (away !== null) return unseenEvidence(place.record, away);
  let server: Promise<ServerKnown> | null = null;
  return judgeAll(context, place, {
    ...(await readTold(context, place)),
    tmux: NOT_LOOKED_AT,
    look: () => (server ??= lookAtServer(context, place)),
  });
}

const NOT_LOOKED_AT: ServerKnown = { session: null, clients: [] };

function lookAtServer({ env }: Context, { record, server }: FleetPlace): Promise<ServerKnown> {
  return readServer(server, { uuid: record.uuid, session: record.session, env });
}

async function readTold(context: Context, { record }: FleetPlace): Promise<Pick<Known, 'agents' | 'told'>> {
  const paths = fleetPaths(context.store, record.uuid);
  const [agents, told] = await Promise.all([
    readAgents({ paths, sessions: record.sessions, env: context.env, home: context.home }),
    readHooks(paths),
  ]);
  return { agents, told };
}

interface Known {
  readonly agents: Awaited<ReturnType<typeof readAgents>>;
  readonly told: Told;
  readonly tmux: ServerKnown;
  /** For a screen. */
  readonly look: () => Promise<ServerKnown>;
}

async function judgeAll(
  context: Context,
  { record, server }: FleetPlace,
  { agents, told, tmux, look }: Known,
): Promise<readonly SessionEvidence[]> {
  const paths = fleetPaths(context.store, record.uuid);
  return Promise.all(
    record.sessions.map((session) => {
      const facts = agents[session.id] ?? null;
      const place = findPane(tmux.session, session.id);
      const lookedAt =
        place === null
          ? 0
          : Math.max(
              0,
              ...tmux.clients.filter((client) => client.paneId === place.pane).map((client) => client.activity * 1000),
            );
      const locate = async (): Promise<Case['place']> => findPane((await look()).session, session.id);
      return judge(context, {
        session,
        facts,
        setupFailedOf: setupFailedOf(session, agents),
        hooks: current(told.sessions[session.id] ?? null, facts),
        hooksProblem: told.problem,
        place,
        locate,
        server,
        lookedAt,
        seen: sessionPaths(paths, session.id).seen,
      });
    }),
  );
}

/** The one whose tree it is shows the failure; where that has none (it is not on the screen), this session does. */
function setupFailedOf({ id, owner }: SessionRecord, agents: Known['agents']): string | null {
  return owner !== null && owner !== id && agents[owner]?.preparation?.kind === 'setup-failed' ? owner : null;
}

const NOTHING_TOLD = recordOf<HookState>([]);

interface Told {
  readonly sessions: Awaited<ReturnType<typeof foldInbox>>;
  readonly problem: string | null;
}

/** Hook states that cannot be read (written by a newer version, a folder in their place) leave the registry, which carries on alone. */
async function readHooks(paths: FleetPaths): Promise<Told> {
  try {
    return { sessions: await foldInbox(paths), problem: null };
  } catch (error) {
    if (error instanceof UserError) return { sessions: NOTHING_TOLD, problem: error.message };
    if (error instanceof Error && 'code' in error)
      return { sessions: NOTHING_TOLD, problem: `what they told cannot be read: ${error.message}` };
    throw error;
  }
}

/** What hooks told of a process that has ended is over: the next one has its own SessionStart. */
function current(hooks: HookState | null, facts: AgentReading | null): HookState | null {
  const startedAt = facts?.startedAt ?? null;
  return hooks !== null && startedAt !== null && hooks.last.time < startedAt ? null : hooks;
}

interface Case {
  readonly session: SessionRecord;
  readonly facts: AgentReading | null;
  readonly hooks: HookState | null;
  readonly hooksProblem: string | null;
  readonly place: { readonly pane: string; readonly window: string } | null;
  /** Id of the session whose tree it shares, where the setup of that ended badly; null otherwise. */
  readonly setupFailedOf: string | null;
  /** Finds it for the moment its screen is to be read. */
  readonly locate: () => Promise<Case['place']>;
  readonly server: TmuxServer;
  /** When a client that shows the pane had its last key; milliseconds since 1970, 0 when none shows it. */
  readonly lookedAt: number;
  /** The session's file `seen`. */
  readonly seen: string;
}

async function judge(
  context: Context,
  { session, facts, setupFailedOf: failed, hooks, hooksProblem, place, locate, server, lookedAt, seen }: Case,
): Promise<SessionEvidence> {
  const now = context.now();
  const talk = readTalk(context, session, facts);
  const evidence = {
    kind: session.kind,
    isClaude: session.isClaude,
    ...(facts ?? NEVER_STARTED),
    setupFailedOf: failed,
    hooks,
    interruptedAt: talk?.interruptedAt ?? null,
    limit: talk?.limit ?? null,
    screen: null,
  };
  const shown = wantsScreen(evidence, now) ? await locate() : null;
  const screen = shown === null ? null : await capturePane(server, shown.pane, context.env);
  const verdict = await settleDone(agentState({ ...evidence, screen }, now), { lookedAt, seen });
  const elsewhere = facts?.alive === true ? readElsewhere(session.path, facts.registry?.cwd ?? null) : null;
  return {
    session,
    pane: place?.pane ?? null,
    window: place?.window ?? null,
    facts,
    hooks,
    hooksProblem,
    talk,
    elsewhere,
    verdict,
  };
}

/** `done` is a turn that ended and that nobody has looked at yet; a look is remembered, for the user moves on to other panes. */
async function settleDone(
  verdict: AgentVerdict,
  { lookedAt, seen }: Pick<Case, 'lookedAt' | 'seen'>,
): Promise<AgentVerdict> {
  const since = verdict.since ?? 0;
  if (!STATES[verdict.state].unseen) return verdict;
  if (lookedAt > since) await markSeen(seen, lookedAt);
  else if (readSeen(seen) <= since) return verdict;
  return { ...verdict, state: 'idle', rule: `${verdict.rule}; it was looked at since` };
}

function readTalk(context: Context, session: SessionRecord, facts: AgentReading | null): TranscriptTail | null {
  const conversation = facts?.conversation ?? session.conversation;
  if (!session.isClaude || conversation === null) return null;
  const { projects } = claudeFoldersOf({ account: facts?.account ?? session.account }, context);
  return readTranscript(projects, conversation, facts?.registry?.cwd ?? session.path);
}

const NEVER_STARTED = { alive: false, suspended: false, exit: null, startedAt: null, endedAt: null, registry: null };

function findPane(session: TmuxSession | null, id: string): Case['place'] {
  for (const window of session?.windows ?? []) {
    const pane = window.panes.find((candidate) => candidate.session === id);
    if (pane) return { pane: pane.id, window: window.id };
  }
  return null;
}
