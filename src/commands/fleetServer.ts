import type { Context } from '../apply/context.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readServer } from '../tmux/readServer.ts';
import { resolveSocket } from '../tmux/socket.ts';
import type { TmuxServer } from '../tmux/tmux.ts';

/** The tmux server that the command line or the surroundings name. */
export function namedServer(context: Context): TmuxServer {
  return { socket: resolveSocket({ ...context.socket, env: context.env, uid: context.uid }) };
}

/** The server a fleet belongs on: where `-L`/`-S` say, else where it runs, else the one of the surroundings. */
export async function serverFor(context: Context, record: FleetRecord | null): Promise<TmuxServer> {
  const here = namedServer(context);
  const isNamed = context.socket.name !== undefined || context.socket.path !== undefined;
  if (record === null || isNamed || record.socket === here.socket) return here;
  const there = { socket: record.socket };
  const facts = await readServer(there, { uuid: record.uuid, session: record.session, env: context.env });
  return facts.session === null ? here : there;
}

/** The server that a fleet was last brought up on, for commands about a fleet that exists. */
export function recordedServer(context: Context, record: FleetRecord): TmuxServer {
  const isNamed = context.socket.name !== undefined || context.socket.path !== undefined;
  return isNamed ? namedServer(context) : { socket: record.socket };
}
