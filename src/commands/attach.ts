import { pasted } from '../base/pasted.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { describeManualSize } from '../plan/manualSize.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { attachArgv, runInTerminal } from '../tmux/attach.ts';
import { readServer } from '../tmux/readServer.ts';
import { isInside } from '../tmux/socket.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Shows a fleet in this terminal. */
export async function attach(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  return attachTo(context, await pickFleet(context, given), { grouped: options['grouped'] === true });
}

/** Attaches, or switches the client when one sits in that tmux server already. Resolves to an exit code. */
export async function attachTo(
  context: Context,
  record: FleetRecord,
  { grouped }: { readonly grouped: boolean },
): Promise<number> {
  const server = recordedServer(record);
  const facts = await readServer(server, { uuid: record.uuid, session: record.session, env: context.env });
  const { session } = facts;
  if (session === null)
    throw new UserError(`"${record.name}" is not up`, { hint: `${pasted`up ${record.name}`} brings it up` });
  if (context.terminal === null)
    throw new UserError('there is no terminal to show it in', { hint: `from one: ${pasted`attach ${record.name}`}` });
  const refused = grouped ? describeManualSize(facts) : null;
  if (refused !== null) throw new UserError(refused);
  const argv = attachArgv({
    server,
    sessionId: session.id,
    insideSameServer: isInside(server.socket, context.env),
    grouped,
    client: null,
  });
  return (await runInTerminal(argv, context.env)) ?? EXIT.notDone;
}
