import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import { selectPane } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import { attachTo } from './attach.ts';
import { recordedServer } from './fleetServer.ts';
import { isInside } from '../tmux/socket.ts';
import { pickSession } from './pick.ts';
import type { Options } from './table.ts';

/** Jumps to a session: selects its window and pane, and shows the fleet when this terminal does not show it yet. */
export async function go(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  const server = recordedServer(context, fleet);
  const facts = await readServer(server, { uuid: fleet.uuid, session: fleet.session, env: context.env });
  const window = facts.session?.windows.find((candidate) => candidate.panes.some((pane) => pane.session === session.id));
  const pane = window?.panes.find((candidate) => candidate.session === session.id);
  if (!window || !pane || !facts.session) throw new UserError(`session "${session.id}" is not on the screen`, { hint: `claude-tmux up ${fleet.name} brings it back` });
  const inside = isInside(server.socket, context.env);
  const shown = facts.clients.some((client) => client.sessionId === facts.session?.id);
  await selectPane(server, { sessionId: facts.session.id, windowId: window.id, paneId: pane.id, client: null }, context.env);
  if (shown && !inside && context.terminal === null) return 0;
  if (context.terminal === null) {
    context.talk(`"${session.id}" is selected in "${fleet.name}"`);
    return 0;
  }
  return attachTo(context, fleet, { grouped: false });
}
