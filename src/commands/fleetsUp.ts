import { existsSync } from 'node:fs';
import type { Context } from '../apply/context.ts';
import { ProgramError, UserError } from '../base/errors.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readFleetsUp } from '../tmux/readFleetsUp.ts';

/** Those of the fleets that are up. One whose server cannot be asked is not among them: this only decides which fleet is meant. */
export async function fleetsUp(context: Context, fleets: readonly FleetRecord[]): Promise<readonly FleetRecord[]> {
  const sockets = new Set(fleets.map(({ socket }) => socket));
  const known = new Map(
    await Promise.all(
      [...sockets].map(async (socket): Promise<[string, ReadonlySet<string>]> => {
        if (!existsSync(socket)) return [socket, new Set()];
        const uuids = await readFleetsUp({ socket }, context.env).catch((error: unknown) => noneOf(error));
        return [socket, uuids];
      }),
    ),
  );
  return fleets.filter((fleet) => known.get(fleet.socket)?.has(fleet.uuid) === true);
}

function noneOf(error: unknown): ReadonlySet<string> {
  if (error instanceof ProgramError || error instanceof UserError) return new Set();
  throw error;
}
