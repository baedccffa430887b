import { pasted } from '../base/pasted.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { readEvidence, type FleetPlace } from '../apply/readEvidence.ts';
import { isBusy, type AgentState } from '../status/agentState.ts';
import { killSession } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import { fleetLock } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet } from './pick.ts';
import type { Options } from './table.ts';

/** Ends the fleet's tmux session: agents get SIGHUP and their SessionEnd; clones, branches and conversations stay. */
export async function down(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const record = await pickFleet(context, given);
  const server = recordedServer(record);
  return withLock(fleetLock(context.store, record.name), { timeoutMs: 60_000, what: `taking "${record.name}" down` }, async () => {
    const { session } = await readServer(server, { uuid: record.uuid, session: record.session, env: context.env });
    if (session === null) {
      context.talk(`"${record.name}" is not up`);
      return EXIT.done;
    }
    const foreign = session.windows.flatMap((window) => window.panes).filter((pane) => pane.session === null).length;
    const busy = options['yes'] === true ? [] : await busySessions(context, { record, server });
    const losses = [...busy.map((id) => `"${id}" is in the middle of a turn`), ...(foreign > 0 && options['yes'] !== true ? [`${foreign} pane(s) of your own are in it`] : [])];
    if (losses.length > 0) {
      const question = `${losses.join(', ')}. End them? [y/N] `;
      if (!context.interactive) throw new UserError(`"${record.name}" was not taken down: ${losses.join(', ')}`, { hint: 'claude-tmux down --yes ends them; conversations resume at the next `up`' });
      if (!(await context.askYes(question))) throw new UserError('nothing was ended');
    }
    await killSession(server, session.id, context.env);
    context.talk(`"${record.name}" is down; ${pasted`up ${record.name}`} brings it back`);
    return EXIT.done;
  });
}

/** A turn that waits for an answer has not ended either. */
const ASKS: ReadonlySet<AgentState> = new Set<AgentState>(['permission', 'question', 'plan-review']);

async function busySessions(context: Context, fleet: FleetPlace): Promise<string[]> {
  const evidence = await readEvidence(context, fleet);
  return evidence.filter(({ verdict }) => isBusy(verdict.state) || ASKS.has(verdict.state)).map(({ session }) => session.id);
}
