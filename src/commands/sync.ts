import type { Context } from '../apply/context.ts';
import { syncFleet } from '../apply/syncFleet.ts';
import { EXIT, LayoutError, UserError } from '../base/errors.ts';
import { SYNC_STRATEGIES } from '../layout/layout.ts';
import type { SyncMode } from '../plan/syncDecision.ts';
import { hasFailed, type SyncReport } from '../plan/syncResult.ts';
import { renderSyncText } from '../status/renderSync.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { recordedServer } from './fleetServer.ts';
import { reloadFleet } from './loadFleet.ts';
import { pickFleet, pickSession, type Picked } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Brings the base into each session in which nobody works; exit code 1 when there was a conflict, or one could not be synced. */
export async function sync(context: Context, given: readonly string[], options: Options): Promise<number> {
  const { fleet, ids } = await pickTargets(context, given, options['fleet']);
  const dryRun = options['dryRun'] === true;
  const wish = {
    ids,
    mode: modeIn(options) ?? (await layoutMode(context, fleet)),
    whenIdle: options['whenIdle'] === true,
    dryRun,
    yes: options['yes'] === true,
  };
  const synced = await syncFleet(context, { record: fleet, server: recordedServer(fleet) }, wish);
  const report: SyncReport = { version: 1, fleet: fleet.name, dry_run: dryRun, ...synced };
  if (options['json'] === true) context.out(`${JSON.stringify(report, null, 2)}\n`);
  else
    context.out(
      renderSyncText(report, { color: context.color.out, columns: context.terminal?.columns ?? Infinity }),
      'painted',
    );
  if (context.signal.aborted) return EXIT.interrupted;
  return hasFailed(report) ? EXIT.notDone : EXIT.done;
}

/** All sessions named must be of one fleet. */
async function pickTargets(
  context: Context,
  given: readonly string[],
  fleetName: unknown,
): Promise<{ readonly fleet: FleetRecord; readonly ids: readonly string[] | null }> {
  if (given.length === 0)
    return { fleet: await pickFleet(context, typeof fleetName === 'string' ? fleetName : undefined), ids: null };
  const picked: Picked[] = [];
  for (const one of given) picked.push(await pickSession(context, one, picked[0]?.fleet.name ?? fleetName));
  const [first] = picked;
  if (!first) throw new Error('no session was picked');
  return { fleet: first.fleet, ids: picked.map(({ session }) => session.id) };
}

function modeIn({ mode }: Options): SyncMode | null {
  if (mode === undefined) return null;
  const known = SYNC_STRATEGIES.find((one) => one === mode);
  if (known === undefined)
    throw new UserError(`there is no way to sync called "${String(mode)}"`, {
      hint: `one of ${SYNC_STRATEGIES.join(', ')}`,
      exitCode: EXIT.usage,
    });
  return known;
}

/** What the layout says now; a layout that is gone or has problems is no reason to leave clones behind. */
async function layoutMode(context: Context, fleet: FleetRecord): Promise<SyncMode> {
  try {
    return (await reloadFleet(context, fleet)).read.layout.sync.strategy;
  } catch (error) {
    if (!(error instanceof LayoutError) && !(error instanceof UserError)) throw error;
    context.talk(`note: the layout ${fleet.layout} cannot be used; syncing with --mode auto`);
    return 'auto';
  }
}
