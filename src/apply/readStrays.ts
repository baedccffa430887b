import { basename } from 'node:path';
import { claudeFolders } from '../agent/claudeFolders.ts';
import { readRegistry } from '../agent/registry.ts';
import { readTranscript } from '../agent/transcript.ts';
import { agentState } from '../status/agentState.ts';
import type { RegistryEntry } from '../status/registryEntry.ts';
import type { FleetStatus, SessionStatus } from '../status/report.ts';
import { descendsFrom } from '../store/process.ts';
import { readServerPanes, type ServerPane } from '../tmux/serverPanes.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
import { readTree, talkPart, treePart } from './readStatus.ts';

/** A Claude that runs in a pane of the server and belongs to no fleet. */
export interface Stray {
  readonly entry: RegistryEntry;
  readonly pane: ServerPane;
  /** The folder it was started in. */
  readonly cwd: string;
}

/** Finds them as registry → pid → pane; `known` are the panes of fleets. A Claude without a pane is never given one. */
export async function findStrays(context: Context, server: TmuxServer, known: ReadonlySet<string>): Promise<readonly Stray[]> {
  const [entries, panes] = await Promise.all([readRegistry(claudeFolders(context.env, context.home).sessions), readServerPanes(server, context.env)]);
  const free = panes.filter((pane) => !known.has(pane.paneId));
  const found = await Promise.all(
    entries.map(async (entry): Promise<Stray[]> => {
      const pane = entry.cwd === null ? null : await paneOf(entry, free);
      return pane === null || entry.cwd === null ? [] : [{ entry, pane, cwd: entry.cwd }];
    }),
  );
  return found.flat();
}

async function paneOf(entry: RegistryEntry, panes: readonly ServerPane[]): Promise<ServerPane | null> {
  for (const pane of panes) if (pane.pid === entry.pid || (await descendsFrom(entry.pid, pane.pid))) return pane;
  return null;
}

/** Their status, grouped by the tmux session they run in: such a group has neither layout nor strategy. */
export async function readStrayStatus(context: Context, server: TmuxServer, strays: readonly Stray[]): Promise<readonly FleetStatus[]> {
  const names = [...new Set(strays.map((stray) => stray.pane.sessionName))];
  return Promise.all(
    names.map(async (name): Promise<FleetStatus> => {
      const mine = strays.filter((stray) => stray.pane.sessionName === name);
      return { name, layout: null, strategy: null, socket: server.socket, sessions: await Promise.all(mine.map((stray, at) => toStatus(context, stray, at + 1))) };
    }),
  );
}

async function toStatus(context: Context, { entry, pane, cwd }: Stray, number: number): Promise<SessionStatus> {
  const talk = entry.sessionId === null ? null : await readTranscript(claudeFolders(context.env, context.home).projects, entry.sessionId, cwd);
  const verdict = agentState({ kind: 'agent', isClaude: true, alive: true, exit: null, startedAt: entry.startedAt, endedAt: null, registry: entry, hooks: null, interruptedAt: talk?.interruptedAt ?? null, screen: null }, context.now());
  return {
    id: pane.paneId,
    number,
    name: entry.name ?? basename(cwd),
    color: 'default',
    pane: pane.paneId,
    window: pane.windowId,
    path: cwd,
    base: null,
    ...treePart(await readTree(context, cwd, null)),
    synced_at: null,
    agent: { state: verdict.state, since: verdict.since === null ? null : new Date(verdict.since).toISOString(), detail: verdict.detail, source: verdict.source, session_id: entry.sessionId, ...talkPart(talk, null) },
    depends_on: [],
  };
}
