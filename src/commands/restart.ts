import type { Context } from '../apply/context.ts';
import { applyPanes } from '../apply/applyPanes.ts';
import { runsInPane } from '../apply/ownPane.ts';
import { readEvidence } from '../apply/readEvidence.ts';
import { EXIT, UserError } from '../base/errors.ts';
import type { TmuxPane } from '../plan/snapshot.ts';
import type { Plan } from '../plan/step.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { settleFleet } from '../store/fleets.ts';
import { describeOtherAccount } from './accounts.ts';
import { changeFleet } from './changeFleet.ts';
import { keepRecord } from './keepRecord.ts';
import { refuseLost } from './lostConversations.ts';
import { checkResumed } from './upOutcome.ts';
import { permit } from './permit.ts';
import { meetTrust } from './meetDialogs.ts';
import { pickSession } from './pick.ts';
import { planFleet, type PlannedFleet } from './planFleet.ts';
import type { Options } from './commandSpec.ts';

/** Ends a session and starts it with the layout as it is now; its conversation is resumed. */
export async function restart(context: Context, [given = '']: readonly string[], options: Options): Promise<number> {
  const picked = await pickSession(context, given, options['fleet']);
  const { id } = picked.session;
  return changeFleet(
    context,
    picked.fleet,
    { what: `restarting "${id}"`, yes: options['yes'] === true },
    async (loaded) => {
      const fleet = loaded.record;
      const planned = await planFleet(context, loaded, { only: null, fromHere: false });
      await confirm(context, { planned, fleet, id, yes: options['yes'] === true });
      const { refused, resumed } = await refuseLost(context, {
        planned,
        record: fleet,
        ids: [id],
        yes: options['yes'] === true,
      });
      if (refused.length > 0) return EXIT.notDone;
      for (const note of describeOtherAccount(context, {
        accounts: planned.accounts,
        started: planned.layout.panes.filter((pane) => pane.id === id),
      }))
        context.talk(`note: ${note}`);
      const forced = { ...planned, plan: respawnPlan(planned, id) };
      const record = await keepRecord(context, fleet, { loaded, planned: forced, newId: () => context.newId() });
      await settleFleet(context.store, record.uuid);
      await meetTrust(context, planned, { id, checkout: loaded.world.checkout, yes: options['yes'] === true });
      const began = context.now();
      const failures = await applyPanes(context, {
        plan: forced.plan,
        record,
        server: planned.server,
        snapshot: planned.snapshot,
        accounts: planned.accounts,
        sizeKnown: false,
        noPrompt: false,
      });
      for (const failure of failures) context.talk(`claude-tmux: ${failure}`);
      if (failures.length === 0) context.talk(`"${id}" was started again`);
      const others =
        failures.length === 0 ? await checkResumed(context, { record, planned: forced, began, resumed }) : [];
      for (const sentence of others) context.talk(`claude-tmux: ${sentence}`);
      return failures.length + others.length === 0 ? EXIT.done : EXIT.notDone;
    },
  );
}

/** The plan with one step: the session's pane gets a new process. */
function respawnPlan(planned: PlannedFleet, id: string): Plan {
  const { plan, layout } = planned;
  const pane = findPane(planned, id);
  if (!pane)
    throw new UserError(`session "${id}" is not on the screen`, {
      hint: 'claude-tmux up brings it back with the edited layout',
    });
  if (!layout.panes.some((candidate) => candidate.id === id))
    throw new UserError(`session "${id}" is no longer in the layout`, { hint: 'put it back to restart it' });
  return {
    ...plan,
    steps: [
      {
        kind: 'respawn-pane',
        id: 1,
        pane: id,
        paneId: pane.id,
        hold: false,
        target: `pane ${id}`,
        cause: 'restart',
        needs: [],
      },
    ],
  };
}

interface Confirmation {
  readonly planned: PlannedFleet;
  readonly fleet: FleetRecord;
  readonly id: string;
  readonly yes: boolean;
}

/** What a restart cuts off (a turn, an open question, a background task) is asked for. */
async function confirm(context: Context, { planned, fleet, id, yes }: Confirmation): Promise<void> {
  const evidence = (await readEvidence(context, { record: fleet, server: planned.server })).find(
    ({ session }) => session.id === id,
  );
  if (evidence === undefined) return;
  const pane = findPane(planned, id);
  await permit(context, 'restart', { evidence, more: (await runsInPane(pane?.pid ?? null)) ? ['ownPane'] : [], yes });
}

function findPane({ snapshot }: PlannedFleet, id: string): TmuxPane | undefined {
  return snapshot.tmux.session?.windows.flatMap((window) => window.panes).find((candidate) => candidate.session === id);
}
