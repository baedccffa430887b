import type { Context } from '../apply/context.ts';
import { settleUnderLock } from '../apply/settleClosed.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetLock, readFleet } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { fleetPaths } from '../store/paths.ts';
import { needRoom } from '../store/room.ts';
import { askTrust } from './askTrust.ts';
import { reloadFleet, type LoadedFleet } from './loadFleet.ts';

interface Change {
  /** Completes "another claude-tmux is …". */
  readonly what: string;
  readonly yes: boolean;
}

/** A fleet that was brought up before. */
export type KnownFleet = LoadedFleet & { readonly record: FleetRecord };

/** Runs `run` under a fleet's lock, with its record and its layout as they are then; the layout is trusted first, for it runs commands. */
export function changeFleet<T>(
  context: Context,
  fleet: FleetRecord,
  { what, yes }: Change,
  run: (loaded: KnownFleet) => Promise<T>,
): Promise<T> {
  return withLock(fleetLock(context.store, fleet.name), { timeoutMs: 60_000, what }, async () => {
    await needRoom(fleetPaths(context.store, fleet.uuid).root);
    const record = await settleUnderLock(context, (await readFleet(context.store, fleet.uuid)) ?? fleet);
    const loaded = await reloadFleet(context, record);
    await askTrust(context, loaded, { yes });
    return run({ ...loaded, record });
  });
}
