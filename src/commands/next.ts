import type { Context } from '../apply/context.ts';
import { readEvidence } from '../apply/readEvidence.ts';
import { EXIT } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import { describeSpan } from '../base/ago.ts';
import { describeVerdict } from '../status/agentState.ts';
import { lookOf } from '../status/states.ts';
import { recordedServer } from './fleetServer.ts';
import { goTo } from './go.ts';
import { knownFleets } from './pick.ts';

/** Jumps to the session that has waited longest for the user, in whichever fleet it is. Exit code 1 when none waits. */
export async function next(context: Context): Promise<number> {
  const fleets = await knownFleets(context);
  const all = await Promise.all(fleets.map(async (fleet) => (await readEvidence(context, { record: fleet, server: recordedServer(fleet) })).map((evidence) => ({ fleet, evidence }))));
  const waiting = all.flat().filter(({ evidence }) => evidence.pane !== null && lookOf(evidence.verdict.state).needsYou);
  // Without a time it is not known since when: such a one has waited at least as long as anybody knows.
  const [first] = waiting.sort((a, b) => (a.evidence.verdict.since ?? 0) - (b.evidence.verdict.since ?? 0));
  if (!first) {
    context.talk('nobody waits for you');
    return EXIT.notDone;
  }
  const { session, verdict } = first.evidence;
  const detail = describeVerdict(verdict);
  context.talk(oneLine(`"${session.name}": ${verdict.state}${verdict.since === null ? '' : ` for ${describeSpan(context.now() - verdict.since)}`}${detail === null ? '' : `, ${detail}`}`));
  return goTo(context, first.fleet, session.id);
}
