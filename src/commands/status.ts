import type { Context } from '../apply/context.ts';
import { readStatus } from '../apply/readStatus.ts';
import { renderStatusMarkdown } from '../status/renderMarkdown.ts';
import { renderStatusText } from '../status/renderText.ts';
import { recordedServer } from './fleetServer.ts';
import { knownFleets, pickFleet } from './pick.ts';
import type { Options } from './table.ts';

/** Shows the sessions of one fleet, or of all when none is named or stood in. */
export async function status(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const fleets = given === undefined ? await knownFleets(context) : [await pickFleet(context, given)];
  const report = await readStatus(context, fleets.map((record) => ({ record, server: recordedServer(context, record) })));
  const format = options['json'] === true ? 'json' : (options['format'] ?? 'text');
  if (format === 'json') context.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === 'markdown') context.out(renderStatusMarkdown(report));
  else context.out(renderStatusText(report, { color: context.color.out, columns: context.terminal?.columns ?? Infinity, now: context.now() }));
  return report.fleets.some((fleet) => fleet.sessions.some((session) => session.error !== null)) ? 1 : 0;
}
