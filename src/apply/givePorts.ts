import { UserError } from '../base/errors.ts';
import type { Layout } from '../layout/layout.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { readFleets } from '../store/fleets.ts';
import type { Context } from './context.ts';
import { isPortFree } from './freePort.ts';

interface Giving {
  readonly ports: Layout['ports'];
  /** Ids of sessions whose process is about to start: one that runs keeps what it was started with. */
  readonly started: ReadonlySet<string>;
}

const HIGHEST = 65_535;

/**
 * The record with a port for each session that starts. One it had before stays its own, listened on or not; a new one is no other
 * session's of any fleet, and nobody listens on it. Call it while holding `portsLock`, and write the record before that ends.
 */
export async function givePorts(
  context: Context,
  record: FleetRecord,
  { ports, started }: Giving,
): Promise<FleetRecord> {
  const kept = record.sessions.map((session) =>
    started.has(session.id)
      ? { ...session, port: ports !== null && fits(session.port, ports) ? session.port : null }
      : session,
  );
  if (ports === null || !kept.some((session) => started.has(session.id) && session.port === null))
    return { ...record, sessions: kept };
  const taken = await takenPorts(context, record, kept);
  const sessions: SessionRecord[] = [];
  for (const session of kept) {
    if (!started.has(session.id) || session.port !== null) {
      sessions.push(session);
      continue;
    }
    const port = await findFree(ports, taken);
    taken.add(port);
    sessions.push({ ...session, port });
  }
  return { ...record, sessions };
}

/** True for a port that these settings could have given out: an edited layout moves no session without need. */
function fits(port: number | null, { base, step }: NonNullable<Layout['ports']>): boolean {
  return port !== null && port >= base && (port - base) % step === 0;
}

/** Also those of fleets that are down: theirs come back with them. */
async function takenPorts(context: Context, record: FleetRecord, kept: readonly SessionRecord[]): Promise<Set<number>> {
  const { records } = await readFleets(context.store);
  const others = records.filter(({ uuid }) => uuid !== record.uuid).flatMap(({ sessions }) => sessions);
  return new Set([...others, ...kept].flatMap(({ port }) => (port === null ? [] : [port])));
}

async function findFree({ base, step }: NonNullable<Layout['ports']>, taken: ReadonlySet<number>): Promise<number> {
  for (let port = base; port <= HIGHEST; port += step) if (!taken.has(port) && (await isPortFree(port))) return port;
  throw new UserError(`no port from ${base} on in steps of ${step} is free`, {
    hint: 'a lower base or a smaller step: ports: {base: 3000, step: 1}',
  });
}
