import type { Context } from '../apply/context.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import { refuseAway } from '../apply/fleetHome.ts';
import { attachTo } from './attach.ts';
import { askTrust } from './askTrust.ts';
import { bringUp } from './bringUp.ts';
import type { UpOptions } from './upOptions.ts';
import { loadFleet, type LoadedFleet } from './loadFleet.ts';
import { planFleet } from './planFleet.ts';
import { knownFleets } from './pick.ts';
import { withUnpushable } from './unpushable.ts';
import type { Options } from './commandSpec.ts';
import { describePlan } from '../plan/describe.ts';
import { renderDiagnostics } from '../layout/renderDiagnostics.ts';
import { fleetLock } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';

/** An `up` that clones a large repository over a slow line may hold its lock this long, in milliseconds. */
const LOCK_PATIENCE = 30 * 60_000;

/** Brings a fleet up, then shows it. Again: adds what is missing and touches nothing that runs. */
export async function up(context: Context, [layout, task]: readonly string[], options: Options): Promise<number> {
  const wanted = upOptions(context, options);
  const loaded = await loadFleet(context, { layout, task, withoutTask: wanted.dryRun ? 'leave' : 'ask' });
  tellWarnings(context, loaded);
  if (loaded.record !== null && !wanted.moveHere) await refuseAway(context, loaded.record);
  if (wanted.dryRun) {
    const plan = await withUnpushable(
      context,
      (await planFleet(context, loaded, wanted)).plan,
      loaded.world.checkout?.root ?? null,
    );
    context.out(describePlan(plan));
    return plan.problems.length === 0 ? 0 : 1;
  }
  await askTrust(context, loaded, wanted);
  const name = loaded.read.layout.name;
  const lock = { timeoutMs: LOCK_PATIENCE, what: `bringing up "${name}"` };
  const result = await withLock(fleetLock(context.store, name), lock, async () => {
    // Another `up` may have written the record while this one waited for the lock.
    const record = (await knownFleets(context)).find((fleet) => fleet.name === name) ?? null;
    return bringUp(
      context,
      { ...loaded, record: record === null ? null : await settleUnderLock(context, record) },
      wanted,
    );
  });
  if (result.record !== null && wanted.attach && !context.signal.aborted) {
    return Math.max(result.code, await attachTo(context, result.record, { grouped: false }));
  }
  return result.code;
}

/** What `up` was asked for, from its flags. */
export function upOptions(
  context: Context,
  options: Options,
): UpOptions & { readonly dryRun: boolean; readonly moveHere: boolean } {
  const only = options['only'];
  return {
    only:
      typeof only === 'string'
        ? only
            .split(',')
            .map((id) => id.trim())
            .filter((id) => id !== '')
        : null,
    fromHere: options['fromHere'] === true,
    // Commander turns `--no-prompt` into `prompt: false`.
    noPrompt: options['prompt'] === false,
    moveHere: options['moveHere'] === true,
    yes: options['yes'] === true,
    dryRun: options['dryRun'] === true,
    attach: options['detach'] !== true && !isDetachImplied(context),
  };
}

/** Without a terminal there is nothing to attach; an agent that runs `up` must not be taken over by the fleet. */
function isDetachImplied(context: Context): boolean {
  return context.terminal === null || !context.hasKeyboard || context.env['CLAUDECODE'] === '1';
}

/** Prints the layout's warnings with their places. */
export function tellWarnings(context: Context, { read }: LoadedFleet): void {
  if (read.warnings.length > 0)
    context.talk(renderDiagnostics(read.warnings, read.texts, { color: context.color.talk }).trimEnd(), 'painted');
}
