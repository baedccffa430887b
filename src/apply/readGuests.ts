import { realpath } from 'node:fs/promises';
import type { Layout, Pane } from '../layout/layout.ts';
import { treeOwnerId } from '../layout/layout.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
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
  const places = panes.flatMap((pane) => (pane.work.kind === 'agent' && pane.work.isClaude ? placeOf(layout, pane) : []));
  if (places.length === 0) return [];
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

function placeOf({ panes }: Layout, pane: Pane): readonly { readonly id: string; readonly path: string }[] {
  const owner = panes.find(({ id }) => id === treeOwnerId(pane));
  return owner?.tree.kind === 'own' ? [{ id: pane.id, path: owner.tree.spec.path }] : [];
}
