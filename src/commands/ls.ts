import type { Context } from '../apply/context.ts';
import { whyAway } from '../apply/fleetHome.ts';
import { oneLine, plural } from '../base/text.ts';
import { pad, width } from '../base/width.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readServer } from '../tmux/readServer.ts';
import { knownFleets } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Lists the recorded fleets and whether each is up, or what was closed of them. */
export async function ls(context: Context, _args: readonly string[], options: Options): Promise<number> {
  if (options['closed'] === true) return (await import('./lsClosed.ts')).lsClosed(context, options['json'] === true);
  const fleets = await knownFleets(context);
  const rows = await Promise.all(fleets.map(async (fleet) => readRow(context, fleet)));
  if (options['json'] === true) {
    const list = rows.map(({ fleet, panes, elsewhere }) => ({
      name: fleet.name,
      up: elsewhere === null ? panes > 0 : null,
      host: fleet.machine?.host ?? null,
      panes,
      sessions: fleet.sessions.length,
      strategy: fleet.strategy,
      repo: fleet.repo,
      layout: fleet.layout,
      workspace: fleet.workspace,
      socket: fleet.socket,
    }));
    context.out(`${JSON.stringify({ version: 1, fleets: list }, null, 2)}\n`);
    return 0;
  }
  if (rows.length === 0) context.talk('no fleet is recorded; `claude-tmux up` brings one up');
  const wide = Math.max(...rows.map(({ fleet }) => width(fleet.name)), 1);
  for (const { fleet, panes, elsewhere } of rows) {
    const state =
      elsewhere !== null
        ? `on "${fleet.machine?.host ?? ''}"`
        : panes > 0
          ? `up, ${panes} of ${plural(fleet.sessions.length, 'pane')}`
          : `down, ${plural(fleet.sessions.length, 'session')}`;
    context.out(`${pad(oneLine(fleet.name), wide)}  ${pad(state, 20)}  ${oneLine(fleet.workspace)}\n`);
  }
  return 0;
}

interface Row {
  readonly fleet: FleetRecord;
  /** That are there now; 0 for a fleet that cannot be seen from here. */
  readonly panes: number;
  /** Why it cannot be seen from here; null when it can. */
  readonly elsewhere: string | null;
}

async function readRow(context: Context, fleet: FleetRecord): Promise<Row> {
  const elsewhere = await whyAway(context, fleet);
  return { fleet, panes: elsewhere === null ? await countPanes(context, fleet) : 0, elsewhere };
}

async function countPanes(context: Context, fleet: FleetRecord): Promise<number> {
  const { session } = await readServer(
    { socket: fleet.socket },
    { uuid: fleet.uuid, session: fleet.session, env: context.env },
  );
  return session?.windows.flatMap((window) => window.panes).filter((pane) => pane.session !== null).length ?? 0;
}
