import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../base/errors.ts';
import { hasCode, type JsonFormat, readJson, settle, writeJson } from './file.ts';
import type { FleetRecord } from './fleetRecord.ts';
import { parseFleetRecord } from './parseFleetRecord.ts';
import { fleetPaths, type StorePaths } from './paths.ts';

/** Every fleet that can be read, by name; a record that cannot is a problem of its own and spoils no other. */
export interface Fleets {
  readonly records: readonly FleetRecord[];
  readonly problems: readonly UserError[];
}

/** The version of fleet.json; parseFleetRecord.ts checks the shape. */
const FORMAT: JsonFormat<FleetRecord> = { version: 1, what: 'fleet record', parse: parseFleetRecord };

export async function readFleets(store: StorePaths): Promise<Fleets> {
  const records: FleetRecord[] = [];
  const problems: UserError[] = [];
  await Promise.all(
    (await folders(store.fleets)).map(async (uuid) => {
      try {
        const record = await readFleet(store, uuid);
        if (record) records.push(record);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        problems.push(error);
      }
    }),
  );
  return { records: records.sort((a, b) => a.name.localeCompare(b.name) || a.uuid.localeCompare(b.uuid)), problems };
}

/** One fleet's record; null when there is none. */
export async function readFleet(store: StorePaths, uuid: string): Promise<FleetRecord | null> {
  return readJson(fleetPaths(store, uuid).record, FORMAT);
}

/** Call it while holding `fleetLock`. It is there for every reader at once; `settleFleet` waits for the disk. */
export async function writeFleet(store: StorePaths, record: FleetRecord): Promise<void> {
  await writeJson(fleetPaths(store, record.uuid).record, record, { durable: false });
}

/** Waits until the record would survive a power loss. Its own step, so that it can go beside what takes long. */
export async function settleFleet(store: StorePaths, uuid: string): Promise<void> {
  await settle(fleetPaths(store, uuid).record);
}

/** The fleet of this name; names are unique (two repositories under one name are refused at `up`). */
export function findByName(fleets: Fleets, name: string): FleetRecord | null {
  return fleets.records.find((record) => record.name === name) ?? null;
}

/** Fleets made of this repository or from this checkout. */
export function findByRepo(
  fleets: Fleets,
  { repo, checkout }: { repo: string | null; checkout: string | null },
): readonly FleetRecord[] {
  return fleets.records.filter(
    (record) => (repo !== null && record.repo === repo) || (checkout !== null && record.checkout === checkout),
  );
}

/** The lock under which a fleet is brought up and its record written. By name: two first `up`s of one fleet have no uuid in common yet. */
export function fleetLock(store: StorePaths, name: string): string {
  return join(store.locks, `${createHash('sha256').update(name).digest('hex').slice(0, 24)}.lock`);
}

/** The lock under which ports are given out and written into a record: they belong to the whole machine. */
export function portsLock(store: StorePaths): string {
  return join(store.locks, 'ports.lock');
}

async function folders(path: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw new UserError(`the folder "${path}" cannot be read`, {
      hint: 'see its permissions with: ls -ld',
      cause: error,
    });
  }
}
