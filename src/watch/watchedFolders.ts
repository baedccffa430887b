import { dirname } from 'node:path';
import { claudeFolders, knownAccounts, type Caller } from '../agent/claudeFolders.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths, sessionPaths, type StorePaths } from '../store/paths.ts';

/** Every folder whose files tell what the agents of these fleets, and other Claudes, do. */
export function watchedFolders(
  { store, ...caller }: Caller & { readonly store: StorePaths },
  records: readonly FleetRecord[],
): readonly string[] {
  return [
    store.fleets,
    ...registryFolders(caller, records),
    ...records.flatMap((record) => fleetFolders(store, record)),
  ];
}

/** Where the Claudes of these fleets register, each account's folder once, and those of the account that the watcher itself has. */
export function registryFolders(caller: Caller, records: readonly FleetRecord[]): readonly string[] {
  return knownAccounts(
    records.flatMap(({ sessions }) => sessions),
    caller,
  ).map((account) => claudeFolders(account, caller.home).sessions);
}

function fleetFolders(store: StorePaths, record: FleetRecord): string[] {
  const paths = fleetPaths(store, record.uuid);
  return [paths.root, paths.inbox, ...record.sessions.map(({ id }) => sessionPaths(paths, id).root)];
}

/** True for what says nothing new: in a fleet's own folder lie locks and states, which the watcher writes itself; its record alone counts. */
export function saysNothing(store: StorePaths, folder: string, name: string): boolean {
  return dirname(folder) === store.fleets && !['fleet.json', 'inbox', 'launch'].includes(name);
}
