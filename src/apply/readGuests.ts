import { realpath } from 'node:fs/promises';
import { readAgents } from '../agent/agentFacts.ts';
import type { Layout, Pane } from '../layout/layout.ts';
import { treeOwnerId } from '../layout/layout.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readFleets } from '../store/fleets.ts';
import { fleetPaths } from '../store/paths.ts';
import type { RegistryEntry } from '../status/registryEntry.ts';
import type { Context } from './context.ts';
import { agentPids, isBelow, readRegistries } from './readStrays.ts';

/** A Claude that works where an agent is about to start, and is no agent of the fleet. */
export interface Guest {
  /** The session it is in the way of. */
  readonly id: string;
  readonly pid: number;
  readonly path: string;
}

interface Starting {
  readonly layout: Layout;
  /** Null at the first `up`. */
  readonly record: FleetRecord | null;
  /** Panes whose program is about to start. */
  readonly panes: readonly Pane[];
}

/**
 * Reads them off Claude's registry: tmux-resurrect starts a saved `claude` again by itself, and people start one by hand. Two in one
 * clone write into the same files, or into one conversation. A checkout of the user's (isolation `shared`) is theirs to share.
 */
export async function readGuests(context: Context, { layout, record, panes }: Starting): Promise<readonly Guest[]> {
  const places: readonly Place[] = panes.flatMap((pane) =>
    pane.work.kind === 'agent' && pane.work.isClaude ? placeOf(layout, pane) : [],
  );
  if (places.length === 0) return [];
  const neighbours = await readNeighbours(context, { places, record });
  if (neighbours.length > 0) return neighbours;
  const fleets = record === null ? [] : [record];
  const entries = (await readRegistries(context, fleets)).map(({ entry }) => entry);
  if (entries.length === 0) return [];
  const known = await agentPids(context, fleets);
  const strangers: RegistryEntry[] = [];
  for (const entry of entries) if (!(await isBelow(entry.pid, known))) strangers.push(entry);
  const found = await Promise.all(
    places.map(async ({ id, path }): Promise<Guest[]> => {
      const real = await realpath(path).catch(() => path);
      const guest = strangers.find(({ cwd }) => cwd === real || cwd?.startsWith(`${real}/`) === true);
      return guest === undefined ? [] : [{ id, pid: guest.pid, path }];
    }),
  );
  return found.flat();
}

interface Place {
  readonly id: string;
  readonly path: string;
}

/** Agents of other fleets: those that have just started, or ask for trust, are in no registry yet. */
async function readNeighbours(
  context: Context,
  { places, record }: { readonly places: readonly Place[]; readonly record: FleetRecord | null },
): Promise<readonly Guest[]> {
  const { records } = await readFleets(context.store);
  const found = records
    .filter(({ uuid }) => uuid !== record?.uuid)
    .map(async ({ uuid, sessions }) => {
      const near = sessions.filter(({ isClaude, path }) => isClaude && places.some((place) => place.path === path));
      if (near.length === 0) return [];
      const agents = await readAgents({
        paths: fleetPaths(context.store, uuid),
        sessions: near,
        env: context.env,
        home: context.home,
      });
      return near.flatMap(({ id, path }) => {
        const pid = agents[id]?.alive === true ? agents[id].pid : null;
        return pid === null ? [] : places.filter((place) => place.path === path).map((place) => ({ ...place, pid }));
      });
    });
  return (await Promise.all(found)).flat();
}

function placeOf({ panes }: Layout, pane: Pane): readonly Place[] {
  const owner = panes.find(({ id }) => id === treeOwnerId(pane));
  return owner?.tree.kind === 'own' ? [{ id: pane.id, path: owner.tree.spec.path }] : [];
}
