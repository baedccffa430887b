import { pasted } from '../base/pasted.ts';
import { relative } from 'node:path';
import type { Context } from '../apply/context.ts';
import { refuseElsewhere } from '../apply/fleetHome.ts';
import { settleClosed } from '../apply/settleClosed.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { closest } from '../base/text.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { readFleets } from '../store/fleets.ts';
import { fleetsUp } from './fleetsUp.ts';

export interface Picked {
  readonly fleet: FleetRecord;
  readonly session: SessionRecord;
}

/** The fleet that is named, that the caller stands in, that is the only one up, or the only one there is, to be acted on; throws a UserError when it lives elsewhere. */
export async function pickFleet(context: Context, given: string | undefined): Promise<FleetRecord> {
  const fleet = await findFleet(context, given);
  await refuseElsewhere(context, fleet);
  return fleet;
}

/** The same, to be looked at only: wherever it lives. */
export async function findFleet(context: Context, given: string | undefined): Promise<FleetRecord> {
  const fleets = await knownFleets(context);
  if (fleets.length === 0) throw new UserError('no fleet is recorded', { hint: 'claude-tmux up LAYOUT brings one up' });
  if (given !== undefined) return matchFleet(fleets, given);
  const meant = fleetsMeant(fleets, context.cwd);
  const [only, ...others] = meant;
  if (only && others.length === 0) return only;
  const up = await fleetsUp(context, meant);
  const [running, ...more] = up;
  if (running && more.length === 0) return running;
  const what = up.length === 0 ? 'several fleets are recorded, and none of them is up' : 'several fleets are up';
  const names = (up.length === 0 ? meant : up).map((fleet) => fleet.name).join(', ');
  throw new UserError(what, { hint: `name one: ${names}`, exitCode: EXIT.usage });
}

/**
 * The session that is named by id, bar number or unique prefix, in the fleet that `pickFleet` would pick, else in any, to be
 * acted on; throws a UserError when it lives elsewhere. Where several fleets have one of that name, the fleet that is up counts.
 */
export async function pickSession(context: Context, given: string, fleetName: unknown): Promise<Picked> {
  const picked = await findSession(context, given, fleetName);
  await refuseElsewhere(context, picked.fleet);
  return picked;
}

/** The same, to be looked at only: wherever it lives. */
export async function findSession(context: Context, given: string, fleetName: unknown): Promise<Picked> {
  const fleets = await knownFleets(context);
  if (fleets.length === 0) throw new UserError('no fleet is recorded', { hint: 'claude-tmux up LAYOUT brings one up' });
  const searched = typeof fleetName === 'string' ? [matchFleet(fleets, fleetName)] : fleetsMeant(fleets, context.cwd);
  const found = await preferUp(context, matchSession(searched, given));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (only)
    throw new UserError(
      `"${given}" could be ${found.map(({ fleet, session }) => `${session.id} of ${fleet.name}`).join(' or ')}`,
      { hint: 'write more of the id, or name the fleet with --fleet', exitCode: EXIT.usage },
    );
  if (isClosed(searched, given))
    throw new UserError(`"${given}" is closed`, {
      hint: `${pasted`undo ${given}`} brings it back`,
      exitCode: EXIT.usage,
    });
  const ids = searched.flatMap((fleet) => fleet.sessions.map((session) => session.id));
  const meant = closest(given, ids);
  throw new UserError(`no session "${given}" in ${searched.map((fleet) => `"${fleet.name}"`).join(', ')}`, {
    hint: meant === null ? `the sessions are: ${ids.join(', ')}` : `did you mean "${meant}"?`,
    exitCode: EXIT.usage,
  });
}

async function preferUp(context: Context, found: readonly Picked[]): Promise<readonly Picked[]> {
  if (found.length < 2) return found;
  const up = await fleetsUp(context, [...new Set(found.map(({ fleet }) => fleet))]);
  const running = found.filter(({ fleet }) => up.includes(fleet));
  return running.length > 0 ? running : found;
}

/** Every fleet that can be read, with what a killed `close` left half done settled; one whose record is damaged is told and spoils no other. */
export async function knownFleets(context: Context): Promise<readonly FleetRecord[]> {
  const { records, problems } = await readFleets(context.store);
  for (const problem of problems)
    context.talk(`claude-tmux: ${problem.message}${problem.hint === undefined ? '' : `\n  ${problem.hint}`}`);
  return Promise.all(records.map((record) => settleClosed(context, record)));
}

/** Exact ids win over numbers, numbers over prefixes. The id of a closed session is a prefix of no other: `close api`, given twice, leaves "api-docs" alone. */
function matchSession(fleets: readonly FleetRecord[], given: string): Picked[] {
  const all = fleets.flatMap((fleet) => fleet.sessions.map((session) => ({ fleet, session })));
  for (const fits of [
    ({ session }: Picked): boolean => session.id === given,
    ({ session }: Picked): boolean => String(session.number) === given,
    ({ session }: Picked): boolean => given !== '' && !isClosed(fleets, given) && session.id.startsWith(given),
  ]) {
    const found = all.filter(fits);
    if (found.length > 0) return found;
  }
  return [];
}

function isClosed(fleets: readonly FleetRecord[], id: string): boolean {
  return fleets.some((fleet) => fleet.closed.some(({ session }) => session.id === id));
}

function matchFleet(fleets: readonly FleetRecord[], given: string): FleetRecord {
  const exact = fleets.find((fleet) => fleet.name === given);
  if (exact) return exact;
  const found = fleets.filter((fleet) => given !== '' && fleet.name.startsWith(given));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const names = fleets.map((fleet) => fleet.name);
  if (only)
    throw new UserError(`"${given}" could be ${found.map((fleet) => `"${fleet.name}"`).join(' or ')}`, {
      hint: 'write more of the name',
      exitCode: EXIT.usage,
    });
  const meant = closest(given, names);
  throw new UserError(`no fleet "${given}"`, {
    hint: meant === null ? `the fleets are: ${names.join(', ')}` : `did you mean "${meant}"?`,
    exitCode: EXIT.usage,
  });
}

/** The fleet in one of whose trees `cwd` lies; null when there is none, or several. */
export function fleetAround(fleets: readonly FleetRecord[], cwd: string): FleetRecord | null {
  const [only, ...others] = fleets.filter((fleet) =>
    fleet.sessions.some((session) => session.owner !== null && isInside(cwd, session.path)),
  );
  return others.length === 0 ? (only ?? null) : null;
}

/** Fleets whose clones or workspace one stands in, else those of the checkout one stands in. */
function nearFleets(fleets: readonly FleetRecord[], cwd: string): FleetRecord[] {
  const inTree = fleets.filter((fleet) =>
    [fleet.workspace, ...fleet.sessions.flatMap((session) => (session.owner === null ? [] : [session.path]))].some(
      (path) => isInside(cwd, path),
    ),
  );
  return inTree.length > 0
    ? inTree
    : fleets.filter((fleet) => fleet.checkout !== null && isInside(cwd, fleet.checkout));
}

/** The fleets that a command means when none is named: those near `cwd`, or else all. */
export function fleetsMeant(fleets: readonly FleetRecord[], cwd: string): readonly FleetRecord[] {
  const near = nearFleets(fleets, cwd);
  return near.length > 0 ? near : fleets;
}

/** True when `path` is `folder` or lies below it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !way.startsWith('/'));
}
