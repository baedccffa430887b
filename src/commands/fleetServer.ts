import type { Context } from '../apply/context.ts';
import { onOtherServer } from '../apply/fleetHome.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readServer } from '../tmux/readServer.ts';
import { resolveSocket } from '../tmux/socket.ts';
import type { TmuxServer } from '../tmux/tmux.ts';

/** The tmux server that the command line or the surroundings name. */
export function namedServer(context: Context): TmuxServer {
  return { socket: resolveSocket({ ...context.socket, env: context.env, uid: context.uid, cwd: context.cwd }) };
}

/**
 * The server a fleet belongs on: where it runs, else where `-L`/`-S` say, else the one of the surroundings. Throws a UserError when it runs on
 * another server than the one that is named.
 */
export async function serverFor(context: Context, record: FleetRecord | null): Promise<TmuxServer> {
  const here = namedServer(context);
  const isNamed = context.socket.name !== undefined || context.socket.path !== undefined;
  if (record === null || record.socket === here.socket) return here;
  const there = { socket: record.socket };
  const facts = await readServer(there, { uuid: record.uuid, session: record.session, env: context.env });
  if (facts.session === null) return here;
  if (isNamed) throw onOtherServer(record, { socket: record.socket, named: here.socket });
  return there;
}

/** The server that a fleet was last brought up on, whatever server the command line names: a fleet is looked for where it lives. */
export function recordedServer({ socket }: FleetRecord): TmuxServer {
  return { socket };
}
