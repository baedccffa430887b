import type { Context } from '../apply/context.ts';
import { readStatus } from '../apply/readStatus.ts';
import { renderStatusMarkdown } from '../status/renderMarkdown.ts';
import { renderStatusText } from '../status/renderText.ts';
import { namedServer, recordedServer } from './fleetServer.ts';
import { findStrays, readStrayStatus } from '../apply/readStrays.ts';
import type { FleetStatus } from '../status/report.ts';
import { knownFleets, pickFleet } from './pick.ts';
import type { Options } from './table.ts';

/** Shows the sessions of one fleet, or of all when none is named or stood in. */
export async function status(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const fleets = given === undefined ? await knownFleets(context) : [await pickFleet(context, given)];
  const own = await readStatus(context, fleets.map((record) => ({ record, server: recordedServer(context, record) })));
  const report = options['all'] === true ? { ...own, fleets: [...own.fleets, ...(await others(context))] } : own;
  const format = options['json'] === true ? 'json' : (options['format'] ?? 'text');
  if (format === 'json') context.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === 'markdown') context.out(renderStatusMarkdown(report));
  else context.out(renderStatusText(report, { color: context.color.out, columns: context.terminal?.columns ?? Infinity, now: context.now() }));
  return report.fleets.some((fleet) => fleet.sessions.some((session) => session.error !== null)) ? 1 : 0;
}

/** Claude sessions of this tmux server that are no fleet's agents. */
async function others(context: Context): Promise<readonly FleetStatus[]> {
  const server = namedServer(context);
  return readStrayStatus(context, server, await findStrays(context, server, await knownFleets(context)));
}
