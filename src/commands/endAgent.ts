import { setTimeout as pause } from 'node:timers/promises';
import { readAgents } from '../agent/agentFacts.ts';
import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import { holdPane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import { serverFor } from './fleetServer.ts';

/** Claude's SessionEnd hooks together get 1.5 s (2.1.197); a machine under load takes longer for everything. */
const PATIENCE_MS = 20_000;

/** Ends a session's agent by SIGHUP and waits until it is gone; its pane stays and shows its footer. Nothing to do for one that has ended. */
export async function endAgent(
  context: Context,
  { record, id }: { readonly record: FleetRecord; readonly id: string },
): Promise<void> {
  const paths = fleetPaths(context.store, record.uuid);
  const sessions = record.sessions.filter((session) => session.id === id);
  const isAlive = async (): Promise<boolean> =>
    (await readAgents({ paths, sessions, env: context.env, home: context.home }))[id]?.alive === true;
  if (!(await isAlive())) return;
  const server = await serverFor(context, record);
  const { session } = await readServer(server, { uuid: record.uuid, session: record.session, env: context.env });
  const pane = session?.windows.flatMap((window) => window.panes).find((candidate) => candidate.session === id);
  if (!pane)
    throw new UserError(`"${id}" runs, but in no pane of the tmux server at "${server.socket}"`, {
      hint: 'name the server it is in with -S',
    });
  await holdPane(server, { paneId: pane.id, launchFile: sessionPaths(paths, id).launch }, context.env);
  const deadline = context.now() + PATIENCE_MS;
  while (await isAlive()) {
    await pause(50);
    if (context.now() > deadline)
      throw new UserError(`"${id}" does not end`, { hint: 'look at it, then give the command again' });
  }
}
