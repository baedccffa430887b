import { listLayouts } from '../apply/findLayout.ts';
import { readTemplates } from '../apply/readLayout.ts';
import { oneLine } from '../base/text.ts';
import { readFleets } from '../store/fleets.ts';
import type { Context } from '../apply/context.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetsUp } from './fleetsUp.ts';
import { fleetsMeant } from './pick.ts';
import { configPlaces, layoutPlaces } from './places.ts';

/** The names that a shell completes: what is known now, a line each, never an error on the user's prompt. */
export async function complete(context: Context, [kind]: readonly string[]): Promise<number> {
  const names = await namesOf(context, kind ?? '').catch((): string[] => []);
  context.out(names.map((name) => `${oneLine(name)}\n`).join(''));
  return 0;
}

/** The fleets whose sessions a command would mean here: of those the caller stands in, or else of all, the ones that are up. */
async function meantFleets(context: Context): Promise<readonly FleetRecord[]> {
  const { records } = await readFleets(context.store);
  const meant = fleetsMeant(records, context.cwd);
  const up = meant.length > 1 ? await fleetsUp(context, meant) : meant;
  return up.length > 0 ? up : meant;
}

async function namesOf(context: Context, kind: string): Promise<string[]> {
  switch (kind) {
    case 'layout':
      return (await listLayouts(layoutPlaces(context))).map((layout) => layout.name);
    case 'template':
      return [...(await readTemplates(configPlaces(context))).keys()];
    case 'fleet':
      return (await readFleets(context.store)).records.map((fleet) => fleet.name);
    case 'session':
      return (await meantFleets(context)).flatMap((fleet) => fleet.sessions.map((session) => session.id));
    case 'closed':
      return (await readFleets(context.store)).records.flatMap(({ closed, sessions }) =>
        closed.map(({ session }) => session.id).filter((id) => !sessions.some((session) => session.id === id)),
      );
    default:
      return [];
  }
}
