import { stat } from 'node:fs/promises';
import type { Context } from '../../apply/context.ts';
import { readEvidence, type SessionEvidence } from '../../apply/readEvidence.ts';
import { LayoutError, ProgramError, UserError } from '../../base/errors.ts';
import type { CloneReading, FleetReading } from '../../doctor/fleets.ts';
import type { Layout } from '../../layout/layout.ts';
import { describeMissingHooks } from '../../git/missingHooks.ts';
import type { FleetRecord } from '../../store/fleetRecord.ts';
import { readServer } from '../../tmux/readServer.ts';
import type { TmuxServer } from '../../tmux/tmux.ts';
import { reloadFleet } from '../loadFleet.ts';
import { knownTrees } from '../status.ts';

/** What is to be known of a recorded fleet. */
export interface LookedAtFleet {
  readonly record: FleetRecord;
  readonly reading: FleetReading;
  readonly evidence: readonly SessionEvidence[];
  /** As it is now; null when it cannot be used. */
  readonly layout: Layout | null;
}

interface Surroundings {
  /** The server that is looked at. */
  readonly server: TmuxServer;
  /** False without a tmux that can be asked. */
  readonly hasTmux: boolean;
}

/** Looks at each recorded fleet where it was last up; what goes wrong with one spoils no other. */
export function lookAtFleets(
  context: Context,
  records: readonly FleetRecord[],
  around: Surroundings,
): Promise<readonly LookedAtFleet[]> {
  return Promise.all(records.map((record) => lookAtFleet(context, record, around)));
}

async function lookAtFleet(
  context: Context,
  record: FleetRecord,
  { server, hasTmux }: Surroundings,
): Promise<LookedAtFleet> {
  const place = { record, server: { socket: record.socket } };
  const [seen, clones, loaded] = await Promise.all([
    orProblem(lookAtAgents(context, place, hasTmux)),
    readClones(context, place),
    orProblem(reloadFleet(context, record)),
  ]);
  const { evidence, isUp } = seen.value ?? { evidence: [], isUp: null };
  const living = evidence.flatMap(({ session, facts }) =>
    facts?.alive === true ? [{ id: session.id, pid: facts.pid }] : [],
  );
  const reading = {
    name: record.name,
    socket: record.socket,
    isUp,
    isHere: record.socket === server.socket,
    clones,
    living,
    layoutProblem: loaded.problem,
    problem: seen.problem,
  };
  return { record, reading, evidence, layout: loaded.value?.read.layout ?? null };
}

interface Place {
  readonly record: FleetRecord;
  readonly server: TmuxServer;
}

async function lookAtAgents(
  context: Context,
  place: Place,
  hasTmux: boolean,
): Promise<{ readonly evidence: readonly SessionEvidence[]; readonly isUp: boolean | null }> {
  const { uuid, session } = place.record;
  const known = hasTmux
    ? await readServer(place.server, { uuid, session, env: context.env })
    : { session: null, clients: [] };
  return { evidence: await readEvidence(context, place, known), isUp: hasTmux ? known.session !== null : null };
}

interface Tried<T> {
  readonly value: T | null;
  readonly problem: string | null;
}

async function orProblem<T>(asked: Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await asked, problem: null };
  } catch (error) {
    if (error instanceof LayoutError) return { value: null, problem: error.diagnostics[0]?.message ?? error.message };
    if (error instanceof UserError || error instanceof ProgramError) return { value: null, problem: error.message };
    throw error;
  }
}

/** Trees of the fleet's own; the checkout that it shares is the user's affair. */
async function readClones(context: Context, place: Place): Promise<readonly CloneReading[]> {
  const treeOf = knownTrees(context, [place]);
  const own = place.record.sessions.filter(({ id, owner }) => owner === id);
  return Promise.all(
    own.map(async ({ id, path, base }): Promise<CloneReading> => {
      const isThere = await stat(path).then(
        () => true,
        () => false,
      );
      const reading = isThere ? await treeOf(path, base) : null;
      const error = reading !== null && 'error' in reading ? reading.error : null;
      return {
        id,
        path,
        isThere,
        error,
        hooks: isThere && error === null ? await readHooks(context, place.record, path) : null,
      };
    }),
  );
}

/** Hooks that cannot be read are no finding of their own. */
async function readHooks(context: Context, { checkout }: FleetRecord, path: string): Promise<string | null> {
  return (await orProblem(describeMissingHooks(path, { checkout, env: context.env }))).value;
}
