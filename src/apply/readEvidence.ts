import { readAgents, type AgentReading } from '../agent/agentFacts.ts';
import { claudeFolders } from '../agent/claudeFolders.ts';
import { UserError } from '../base/errors.ts';
import { readTranscript } from '../agent/transcript.ts';
import type { TmuxSession } from '../plan/snapshot.ts';
import { agentState, wantsScreen, type AgentVerdict } from '../status/agentState.ts';
import type { HookState } from '../status/hookState.ts';
import type { TranscriptTail } from '../status/transcript.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import { markSeen, readSeen } from '../store/seen.ts';
import { capturePane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
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
  /** The end of its conversation's transcript; null without one. */
  readonly talk: TranscriptTail | null;
  readonly verdict: AgentVerdict;
}

/** Reads what processes, registry, hooks and (where those are silent) the screen tell of each session of a fleet. */
export async function readEvidence(context: Context, { record, server }: FleetPlace): Promise<readonly SessionEvidence[]> {
  const paths = fleetPaths(context.store, record.uuid);
  const [tmux, agents, hookStates] = await Promise.all([
    readServer(server, { uuid: record.uuid, session: record.session, env: context.env }),
    readAgents({ paths, sessions: record.sessions, env: context.env, home: context.home }),
    foldInbox(paths).catch(withoutHooks),
  ]);
  return Promise.all(
    record.sessions.map((session) => {
      const facts = agents[session.id] ?? null;
      const place = findPane(tmux.session, session.id);
      const lookedAt = place === null ? 0 : Math.max(0, ...tmux.clients.filter((client) => client.paneId === place.pane).map((client) => client.activity * 1000));
      return judge(context, { session, facts, hooks: current(hookStates[session.id] ?? null, facts), place, server, lookedAt, seen: sessionPaths(paths, session.id).seen });
    }),
  );
}

/** Hook states that cannot be read (written by a newer version) leave the registry, which carries on alone. */
function withoutHooks(error: unknown): Awaited<ReturnType<typeof foldInbox>> {
  if (error instanceof UserError) return {};
  throw error;
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
  readonly place: { readonly pane: string; readonly window: string } | null;
  readonly server: TmuxServer;
  /** When a client that shows the pane had its last key; milliseconds since 1970, 0 when none shows it. */
  readonly lookedAt: number;
  /** The session's file `seen`. */
  readonly seen: string;
}

async function judge(context: Context, { session, facts, hooks, place, server, lookedAt, seen }: Case): Promise<SessionEvidence> {
  const now = context.now();
  const talk = await readTalk(context, session, facts);
  const evidence = { kind: session.kind, isClaude: session.isClaude, ...(facts ?? NEVER_STARTED), hooks, interruptedAt: talk?.interruptedAt ?? null, screen: null };
  const screen = place !== null && wantsScreen(evidence, now) ? await capturePane(server, place.pane, context.env) : null;
  const verdict = await settleDone(agentState({ ...evidence, screen }, now), { lookedAt, seen });
  return { session, pane: place?.pane ?? null, window: place?.window ?? null, facts, hooks, talk, verdict };
}

/** `done` is a turn that ended and that nobody has looked at yet; a look is remembered, for the user moves on to other panes. */
async function settleDone(verdict: AgentVerdict, { lookedAt, seen }: Pick<Case, 'lookedAt' | 'seen'>): Promise<AgentVerdict> {
  const since = verdict.since ?? 0;
  if (verdict.state !== 'done') return verdict;
  if (lookedAt > since) await markSeen(seen, lookedAt);
  else if ((await readSeen(seen)) <= since) return verdict;
  return { ...verdict, state: 'idle', rule: `${verdict.rule}; it was looked at since` };
}

async function readTalk(context: Context, session: SessionRecord, facts: AgentReading | null): Promise<TranscriptTail | null> {
  const conversation = facts?.conversation ?? session.conversation;
  return session.isClaude && conversation !== null ? readTranscript(claudeFolders(context.env, context.home).projects, conversation, facts?.registry?.cwd ?? session.path) : null;
}

const NEVER_STARTED = { alive: false, exit: null, startedAt: null, endedAt: null, registry: null };

function findPane(session: TmuxSession | null, id: string): Case['place'] {
  for (const window of session?.windows ?? []) {
    const pane = window.panes.find((candidate) => candidate.session === id);
    if (pane) return { pane: pane.id, window: window.id };
  }
  return null;
}
