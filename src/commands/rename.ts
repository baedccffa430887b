import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet, settleFleet, writeFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { readServer } from '../tmux/readServer.ts';
import { relabelPane } from '../tmux/relabel.ts';
import { recordedServer } from './fleetServer.ts';
import { pickSession } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** As in a layout: longer labels help nobody. */
const LONGEST = 200;

/** Changes a session's label on the screen and in the record. It stands until the layout's own `name` changes. */
export async function rename(
  context: Context,
  [given = '', ...words]: readonly string[],
  options: Options,
): Promise<number> {
  const name = oneLine(words.join(' ')).trim();
  if (name === '' || name.length > LONGEST)
    throw new UserError(name === '' ? 'the new name is empty' : `the new name is longer than ${LONGEST} characters`, {
      hint: 'claude-tmux rename SESSION "Frontend - Dark Mode"',
      exitCode: EXIT.usage,
    });
  const { fleet, session } = await pickSession(context, given, options['fleet']);
  await withLock(
    fleetLock(context.store, fleet.name),
    { timeoutMs: 60_000, what: `renaming a session of "${fleet.name}"` },
    async () => {
      const current = (await readFleet(context.store, fleet.uuid)) ?? fleet;
      await writeFleet(context.store, withLabel(current, session.id, name));
      await settleFleet(context.store, current.uuid);
      await showLabel(context, current, { ...session, name });
    },
  );
  context.talk(`"${session.id}" is now "${name}"`);
  return EXIT.done;
}

function withLabel(fleet: FleetRecord, id: string, name: string): FleetRecord {
  const sessions = fleet.sessions.map((session) =>
    session.id === id ? { ...session, name, renamedFrom: session.renamedFrom ?? session.name } : session,
  );
  return { ...fleet, sessions };
}

async function showLabel(context: Context, fleet: FleetRecord, session: SessionRecord): Promise<void> {
  const server = recordedServer(fleet);
  const facts = await readServer(server, { uuid: fleet.uuid, session: fleet.session, env: context.env });
  for (const window of facts.session?.windows ?? []) {
    const pane = window.panes.find((candidate) => candidate.session === session.id);
    if (pane)
      await relabelPane(
        server,
        { paneId: pane.id, windowId: window.panes.length === 1 ? window.id : null, name: session.name },
        context.env,
      );
  }
}
