import type { Context } from '../apply/context.ts';
import { readStatus } from '../apply/readStatus.ts';
import { EXIT } from '../base/errors.ts';
import { describeSpan } from '../base/ago.ts';
import { STATE_LOOKS } from '../status/states.ts';
import { recordedServer } from './fleetServer.ts';
import { goTo } from './go.ts';
import { knownFleets } from './pick.ts';

/** Jumps to the session that has waited longest for the user, in whichever fleet it is. Exit code 1 when none waits. */
export async function next(context: Context): Promise<number> {
  const fleets = await knownFleets(context);
  const report = await readStatus(context, fleets.map((record) => ({ record, server: recordedServer(context, record) })));
  const waiting = report.fleets.flatMap((status, at) => {
    const fleet = fleets[at];
    return fleet === undefined ? [] : status.sessions.filter((session) => session.pane !== null && STATE_LOOKS[session.agent.state].needsYou).map((session) => ({ fleet, session }));
  });
  // Without a time it is not known since when: such a one has waited at least as long as anybody knows.
  const since = (time: string | null): number => (time === null ? 0 : Date.parse(time));
  const [first] = waiting.sort((a, b) => since(a.session.agent.since) - since(b.session.agent.since));
  if (!first) {
    context.talk('nobody waits for you');
    return EXIT.notDone;
  }
  const { agent, name } = first.session;
  context.talk(`"${name}": ${agent.state}${agent.since === null ? '' : ` for ${describeSpan(context.now() - Date.parse(agent.since))}`}${agent.detail === null ? '' : `, ${agent.detail}`}`);
  return goTo(context, first.fleet, first.session.id);
}
