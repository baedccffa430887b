import { readAgents } from '../agent/agentFacts.ts';
import { ProgramError, UserError } from '../base/errors.ts';
import { readTreeStatus } from '../git/treeStatus.ts';
import type { TmuxPane, TmuxSession } from '../plan/snapshot.ts';
import { agentState, wantsScreen } from '../status/agentState.ts';
import type { AgentStatus, FleetStatus, SessionStatus, StatusReport } from '../status/report.ts';
import type { TreeStatus } from '../status/treeStatus.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetPaths } from '../store/paths.ts';
import { capturePane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';

export interface StatusInput {
  readonly record: FleetRecord;
  readonly server: TmuxServer;
}

/** Reads the state of every session of the fleets. One that cannot be read has `error` and spoils no other. */
export async function readStatus(context: Context, fleets: readonly StatusInput[]): Promise<StatusReport> {
  return { version: 1, fleets: await Promise.all(fleets.map((fleet) => readFleetStatus(context, fleet))) };
}

async function readFleetStatus(context: Context, { record, server }: StatusInput): Promise<FleetStatus> {
  const [tmux, agents, trees] = await Promise.all([
    readServer(server, { uuid: record.uuid, session: record.session, env: context.env }),
    readAgents({ paths: fleetPaths(context.store, record.uuid), sessions: record.sessions, env: context.env, home: context.home }),
    readTrees(context, record.sessions),
  ]);
  const sessions = await Promise.all(
    record.sessions.map(async (session) => {
      const place = findPane(tmux.session, session.id);
      const facts = agents[session.id];
      const agent = await readAgent(context, { session, facts, place, server });
      return toStatus(session, { agent, place, tree: trees.get(session.path) ?? null });
    }),
  );
  return { name: record.name, layout: record.layout, strategy: record.strategy, socket: server.socket, sessions };
}

type Agents = Awaited<ReturnType<typeof readAgents>>;

interface Place {
  readonly pane: TmuxPane;
  readonly window: string;
}

function findPane(session: TmuxSession | null, id: string): Place | null {
  for (const window of session?.windows ?? []) {
    const pane = window.panes.find((candidate) => candidate.session === id);
    if (pane) return { pane, window: window.id };
  }
  return null;
}

/** The agent's state from its process and Claude's registry; the screen is read only when those cannot tell. */
async function readAgent(context: Context, input: { readonly session: SessionRecord; readonly facts: Agents[string] | undefined; readonly place: Place | null; readonly server: TmuxServer }): Promise<AgentStatus> {
  const { session, facts, place, server } = input;
  const now = context.now();
  const evidence = { kind: session.kind, isClaude: session.isClaude, ...(facts ?? NEVER_SEEN), hooks: null, screen: null };
  const screen = place !== null && wantsScreen(evidence, now) ? await capturePane(server, place.pane.id, context.env) : null;
  const told = agentState({ ...evidence, screen }, now);
  return {
    state: told.state,
    since: told.since === null ? null : new Date(told.since).toISOString(),
    detail: told.detail,
    source: told.source,
    session_id: facts?.conversation ?? session.conversation,
    model: null,
    context_percent: null,
    cost_usd: null,
  };
}

// Hooks are folded by a later step.
const NEVER_SEEN = { alive: false, exit: null, startedAt: null, endedAt: null, registry: null };

type TreeReading = { readonly status: TreeStatus } | { readonly error: string };

async function readTrees(context: Context, sessions: readonly SessionRecord[]): Promise<ReadonlyMap<string, TreeReading>> {
  const paths = new Map(sessions.map((session) => [session.path, session.base]));
  const readings = await Promise.all([...paths].map(async ([path, base]): Promise<[string, TreeReading]> => [path, await readTree(context, path, base)]));
  return new Map(readings);
}

async function readTree(context: Context, path: string, base: string | null): Promise<TreeReading> {
  try {
    return { status: await readTreeStatus(path, { base, env: context.env }) };
  } catch (error) {
    if (error instanceof UserError || error instanceof ProgramError) return { error: error.message };
    throw error;
  }
}

const NOT_READ = { branch: null, changes: null, staged: null, untracked: null, conflicts: null, ahead: null, behind: null, operation: null };

function toStatus(session: SessionRecord, { agent, place, tree }: { readonly agent: AgentStatus; readonly place: Place | null; readonly tree: TreeReading | null }): SessionStatus {
  const { branch, changes, staged, untracked, conflicts, ahead, behind, operation } = tree !== null && 'status' in tree ? tree.status : NOT_READ;
  return {
    id: session.id,
    number: session.number,
    name: session.name,
    color: session.color,
    pane: place?.pane.id ?? null,
    window: place?.window ?? null,
    path: session.path,
    branch,
    base: session.base,
    changes,
    staged,
    untracked,
    conflicts,
    ahead,
    behind,
    operation,
    synced_at: null,
    agent,
    depends_on: session.dependsOn,
    error: tree !== null && 'error' in tree ? tree.error : null,
  };
}
