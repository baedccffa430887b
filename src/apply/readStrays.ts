import { basename } from 'node:path';
import { claudeFolders, knownAccounts, type Account } from '../agent/claudeFolders.ts';
import { readAgents } from '../agent/agentFacts.ts';
import { readRegistry } from '../agent/registry.ts';
import { readTranscript } from '../agent/transcript.ts';
import { type AgentEvidence, agentState, wantsScreen } from '../status/agentState.ts';
import type { RegistryEntry } from '../status/registryEntry.ts';
import type { FleetStatus, SessionStatus } from '../status/report.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths } from '../store/paths.ts';
import { descendsFrom, readLifeOfPid } from '../store/process.ts';
import { readServerPanes, type ServerPane } from '../tmux/serverPanes.ts';
import { capturePane } from '../tmux/panes.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
import { readTree, talkPart, treePart, type TreeSource } from './readStatus.ts';

/** A Claude that runs in a pane of the server and is no fleet's agent; its pane may be a fleet's. */
export interface Stray {
  readonly entry: RegistryEntry;
  /** The account whose registry names it. */
  readonly account: Account;
  readonly pane: ServerPane;
  /** The folder it was started in. */
  readonly cwd: string;
}

/**
 * Finds them as registry → pid → pane. Known are the agents that the fleets started, and what runs below them, never a whole pane:
 * a claude that the user starts by hand where an agent has ended is one more. A Claude without a pane is never given one. `seen` are
 * the server's panes, for who knows them.
 */
export async function findStrays(
  context: Context,
  server: TmuxServer,
  fleets: readonly FleetRecord[],
  seen?: readonly ServerPane[],
): Promise<readonly Stray[]> {
  const [entries, panes, known] = await Promise.all([
    readRegistries(context, fleets),
    seen ?? readServerPanes(server, context.env),
    agentPids(context, fleets),
  ]);
  const found = await Promise.all(
    entries.map(async ({ entry, account }): Promise<Stray[]> => {
      const pane = entry.cwd === null || (await isBelow(entry.pid, known)) ? null : await paneOf(entry, panes);
      return pane === null || entry.cwd === null ? [] : [{ entry, account, pane, cwd: entry.cwd }];
    }),
  );
  return found.flat();
}

/** The registries of every account that is known: the caller's and those of all fleets. */
export async function readRegistries(
  context: Context,
  fleets: readonly FleetRecord[],
): Promise<readonly Pick<Stray, 'entry' | 'account'>[]> {
  const accounts = knownAccounts(
    fleets.flatMap(({ sessions }) => sessions),
    context,
  );
  const found = await Promise.all(
    accounts.map(async (account) => (await readRegistryIfThere(context, account)).map((entry) => ({ entry, account }))),
  );
  return found.flat();
}

/** Nothing but the registry names them: without it (a file in its place, no permission) none is found. */
async function readRegistryIfThere(context: Context, account: Account): Promise<readonly RegistryEntry[]> {
  try {
    return await readRegistry(claudeFolders(account, context.home).sessions);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    context.talk(
      `claude-tmux: Claude's registry cannot be read, so sessions of no fleet are not found: ${error.message}`,
    );
    return [];
  }
}

/** Pids of the agents that the fleets started and that live, and of the Claude behind a wrapper. */
export async function agentPids(context: Context, fleets: readonly FleetRecord[]): Promise<ReadonlySet<number>> {
  const readings = await Promise.all(
    fleets.map((record) =>
      readAgents({
        paths: fleetPaths(context.store, record.uuid),
        sessions: record.sessions,
        env: context.env,
        home: context.home,
      }),
    ),
  );
  const living = readings.flatMap((agents) => Object.values(agents)).filter((agent) => agent.alive);
  return new Set(living.flatMap(({ pid, registry }) => [pid, registry?.pid ?? null]).filter((pid) => pid !== null));
}

/** True for one of these processes, or one that they started. */
export async function isBelow(pid: number, known: ReadonlySet<number>): Promise<boolean> {
  if (known.has(pid)) return true;
  for (const ancestor of known) if (await descendsFrom(pid, ancestor)) return true;
  return false;
}

async function paneOf(entry: RegistryEntry, panes: readonly ServerPane[]): Promise<ServerPane | null> {
  for (const pane of panes) if (pane.pid === entry.pid || (await descendsFrom(entry.pid, pane.pid))) return pane;
  return null;
}

/** Their status, grouped by the tmux session they run in: such a group has neither layout nor strategy. */
export async function readStrayStatus(
  context: Context,
  server: TmuxServer,
  strays: readonly Stray[],
  treeOf: TreeSource = (path, base) => readTree(context, path, base),
): Promise<readonly FleetStatus[]> {
  const names = [...new Set(strays.map((stray) => stray.pane.sessionName))];
  return Promise.all(
    names.map(async (name): Promise<FleetStatus> => {
      const mine = strays.filter((stray) => stray.pane.sessionName === name);
      return {
        name,
        layout: null,
        strategy: null,
        socket: server.socket,
        sessions: await Promise.all(
          mine.map((stray, at) => toStatus(context, stray, { number: at + 1, treeOf, server })),
        ),
      };
    }),
  );
}

interface StrayInput {
  readonly number: number;
  readonly treeOf: TreeSource;
  readonly server: TmuxServer;
}

async function toStatus(
  context: Context,
  { entry, account, pane, cwd }: Stray,
  { number, treeOf, server }: StrayInput,
): Promise<SessionStatus> {
  const talk =
    entry.sessionId === null
      ? null
      : readTranscript(claudeFolders(account, context.home).projects, entry.sessionId, cwd);
  const suspended = (await readLifeOfPid(entry.pid)) === 'suspended';
  const [now, told] = [
    context.now(),
    { interruptedAt: talk?.interruptedAt ?? null, limit: talk?.limit ?? null, screen: null },
  ];
  const evidence: AgentEvidence = {
    kind: 'agent',
    isClaude: true,
    alive: true,
    suspended,
    exit: null,
    startedAt: entry.startedAt,
    endedAt: null,
    registry: entry,
    hooks: null,
    ...told,
  };
  const screen = wantsScreen(evidence, now) ? await capturePane(server, pane.paneId, context.env) : null;
  const verdict = agentState({ ...evidence, screen }, now);
  return {
    id: pane.paneId,
    number,
    name: entry.name ?? basename(cwd),
    color: 'default',
    pane: pane.paneId,
    window: pane.windowId,
    path: cwd,
    port: null,
    base: null,
    ...treePart(await treeOf(cwd, null)),
    synced_at: null,
    agent: {
      state: verdict.state,
      since: verdict.since === null ? null : new Date(verdict.since).toISOString(),
      detail: verdict.detail,
      source: verdict.source,
      session_id: entry.sessionId,
      ...talkPart(talk, null),
    },
    depends_on: [],
  };
}
