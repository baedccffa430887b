import { pasted } from '../base/pasted.ts';
import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths } from '../store/paths.ts';
import { markSeen } from '../store/seen.ts';
import { selectPane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import { attachTo } from './attach.ts';
import { recordedServer } from './fleetServer.ts';
import { isInside } from '../tmux/socket.ts';
import { pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Jumps to a session: selects its window and pane, and shows the fleet when this terminal does not show it yet. */
export async function go(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  return goTo(context, fleet, session.id);
}

/** Selects the window and pane of a session and shows them; resolves to an exit code. */
export async function goTo(context: Context, fleet: FleetRecord, id: string): Promise<number> {
  const server = recordedServer(fleet);
  const facts = await readServer(server, { uuid: fleet.uuid, session: fleet.session, env: context.env });
  const window = facts.session?.windows.find((candidate) => candidate.panes.some((pane) => pane.session === id));
  const pane = window?.panes.find((candidate) => candidate.session === id);
  if (!window || !pane || !facts.session)
    throw new UserError(`session "${id}" is not on the screen`, { hint: `${pasted`up ${fleet.name}`} brings it back` });
  const inside = isInside(server.socket, context.env);
  // Inside that server (a key binding has no terminal of its own) the client that was used last is the one that asks.
  const [client] = inside ? [...facts.clients].sort((a, b) => b.activity - a.activity) : [];
  await selectPane(
    server,
    { sessionId: facts.session.id, windowId: window.id, paneId: pane.id, client: client?.name ?? null },
    context.env,
  );
  await markSeen(sessionPaths(fleetPaths(context.store, fleet.uuid), id).seen, context.now());
  if (client) return 0;
  if (context.terminal === null) {
    context.talk(`"${id}" is selected in "${fleet.name}"`);
    return 0;
  }
  return attachTo(context, fleet, { grouped: false });
}
