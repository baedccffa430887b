import type { Context } from '../apply/context.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { LoadedFleet } from './loadFleet.ts';

/** The record of a fleet that was never brought up: no sessions yet. */
export function newRecord(
  context: Context,
  { read: { layout }, path, task }: LoadedFleet,
  server: TmuxServer,
): FleetRecord {
  const { name, session, strategy, repo, checkout, workspace } = layout;
  const createdAt = new Date(context.now()).toISOString();
  return {
    version: 1,
    uuid: context.newId(),
    name,
    session,
    socket: server.socket,
    machine: null,
    strategy,
    repo,
    checkout,
    layout: path,
    workspace,
    task,
    mcpServers: null,
    localSettings: null,
    createdAt,
    sessions: [],
    added: [],
    closed: [],
  };
}
