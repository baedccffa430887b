import { pasted } from '../base/pasted.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { outliveHangUp, runsBelowAny } from '../apply/ownPane.ts';
import { readEvidence, type FleetPlace } from '../apply/readEvidence.ts';
import { decideFor } from '../apply/situation.ts';
import { plural } from '../base/text.ts';
import { describeLoss } from '../status/decide.ts';
import { killSession, showMessage } from '../tmux/panes.ts';
import { readServer } from '../tmux/readServer.ts';
import { fleetLock } from '../store/fleets.ts';
import { withLock } from '../store/lock.ts';
import { refuseInsideAgent } from './agentGuard.ts';
import { recordedServer } from './fleetServer.ts';
import { pickFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';

/** Ends the fleet's tmux session: agents get SIGHUP and their SessionEnd; clones, branches and conversations stay. */
export async function down(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const record = await pickFleet(context, given);
  await refuseInsideAgent(context, 'down', record);
  const server = recordedServer(record);
  return withLock(
    fleetLock(context.store, record.name),
    { timeoutMs: 60_000, what: `taking "${record.name}" down` },
    async () => {
      const { session } = await readServer(server, { uuid: record.uuid, session: record.session, env: context.env });
      if (session === null) {
        context.talk(`"${record.name}" is not up`);
        return EXIT.done;
      }
      const foreign = session.windows.flatMap((window) => window.panes).filter((pane) => pane.session === null).length;
      const losses =
        options['yes'] === true
          ? []
          : [
              ...(await lossesOf(context, { record, server })),
              ...(foreign > 0 ? [`${plural(foreign, 'pane')} of your own would end`] : []),
            ];
      if (losses.length > 0) {
        const question = `${losses.join('\n')}\nEnd them? [y/N] `;
        if (!context.interactive)
          throw new UserError(`"${record.name}" was not taken down: ${losses.join(', ')}`, {
            hint: 'claude-tmux down --yes ends them; conversations resume at the next `up`',
          });
        if (!(await context.askYes(question))) throw new UserError('nothing was ended');
      }
      const isInside = await runsBelowAny(session.windows.flatMap((window) => window.panes));
      if (isInside) outliveHangUp();
      await killSession(server, session.id, context.env);
      const said = `"${record.name}" is down; ${pasted`up ${record.name}`} brings it back`;
      // Its own terminal is gone then: nothing can be written there.
      if (isInside) await showMessage(server, said, context.env);
      else context.talk(said);
      return EXIT.done;
    },
  );
}

/** What would be cut off, a sentence each. */
async function lossesOf(context: Context, fleet: FleetPlace): Promise<string[]> {
  const evidence = await readEvidence(context, fleet);
  return evidence.flatMap((one) => {
    const { decision } = decideFor('down', one);
    return decision.answer === 'yes' ? [] : [describeLoss('down', one.session.id, decision)];
  });
}
