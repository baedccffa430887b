import type { Context } from '../apply/context.ts';
import { readEvidence, type SessionEvidence } from '../apply/readEvidence.ts';
import { EXIT } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { describeSpan } from '../base/ago.ts';
import { describeVerdict } from '../status/agentState.ts';
import { lookOf } from '../status/states.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { readServer } from '../tmux/readServer.ts';
import { isInside } from '../tmux/socket.ts';
import { recordedServer } from './fleetServer.ts';
import { goTo } from './go.ts';
import { knownFleets } from './pick.ts';

/**
 * Jumps to the session that has waited longest for the user, in whichever fleet it is; from one of those that wait, to the next, and round. When
 * none waits, the same with those that have finished a turn nobody has looked at. Exit code 1 when there is none of either.
 */
export async function next(context: Context): Promise<number> {
  const fleets = await knownFleets(context);
  const all = await Promise.all(
    fleets.map(async (fleet) =>
      (await readEvidence(context, { record: fleet, server: recordedServer(fleet) })).map((evidence) => ({
        fleet,
        evidence,
      })),
    ),
  );
  const shown = all.flat().filter(({ evidence }) => evidence.pane !== null);
  const waiting = shown.filter(({ evidence }) => lookOf(evidence.verdict.state).needsYou);
  const candidates =
    waiting.length > 0 ? waiting : shown.filter(({ evidence }) => lookOf(evidence.verdict.state).unseen);
  const first = nextOf(candidates, waiting.length > 0 ? await standsOn(context, candidates) : null);
  if (!first) {
    context.talk('nobody waits for you');
    return EXIT.notDone;
  }
  const { session, verdict } = first.evidence;
  const detail = describeVerdict(verdict);
  context.talk(
    oneLine(
      `"${session.name}": ${verdict.state}${verdict.since === null ? '' : ` for ${describeSpan(context.now() - verdict.since)}`}${detail === null ? '' : `, ${detail}`}`,
    ),
  );
  return goTo(context, first.fleet, session.id);
}

interface Waiting {
  readonly fleet: FleetRecord;
  readonly evidence: SessionEvidence;
}

/** The one after `here`, oldest first and round; without a time it has waited at least as long as anybody knows. */
export function nextOf<T extends Waiting>(candidates: readonly T[], here: T | null): T | undefined {
  const sorted = [...candidates].sort((a, b) => (a.evidence.verdict.since ?? 0) - (b.evidence.verdict.since ?? 0));
  return sorted[here === null ? 0 : (sorted.indexOf(here) + 1) % sorted.length];
}

/** The one whose pane the caller looks at: inside tmux the client that was used last, which is the one that asks. */
async function standsOn<T extends Waiting>(context: Context, candidates: readonly T[]): Promise<T | null> {
  const [own] = candidates.filter(({ fleet }) => isInside(recordedServer(fleet).socket, context.env));
  if (own === undefined) return null;
  const { clients } = await readServer(recordedServer(own.fleet), {
    uuid: own.fleet.uuid,
    session: own.fleet.session,
    env: context.env,
  });
  const [client] = [...clients].sort((a, b) => b.activity - a.activity);
  return (
    candidates.find(({ fleet, evidence }) => fleet.socket === own.fleet.socket && evidence.pane === client?.paneId) ??
    null
  );
}
