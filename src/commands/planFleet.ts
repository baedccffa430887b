import type { Account } from '../agent/claudeFolders.ts';
import type { Context } from '../apply/context.ts';
import { refuseAway } from '../apply/fleetHome.ts';
import { launchHash } from '../apply/launchHash.ts';
import { observe } from '../apply/observe.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { closest } from '../base/text.ts';
import type { Layout } from '../layout/layout.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import { reconcile, type Intent } from '../plan/reconcile.ts';
import type { Snapshot } from '../plan/snapshot.ts';
import type { Plan } from '../plan/step.ts';
import { type Machine, readMachine } from '../store/machine.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { accountsOf, describeOtherAccount } from './accounts.ts';
import { serverFor } from './fleetServer.ts';
import type { LoadedFleet } from './loadFleet.ts';
import { withoutClosed } from './withoutClosed.ts';

export interface PlannedFleet {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly server: TmuxServer;
  /** The one this is planned on. */
  readonly machine: Machine;
  readonly layout: Layout;
  /** The Claude account that each pane's program starts in, by id. */
  readonly accounts: Readonly<Record<string, Account>>;
}

export interface PlanWanted extends Pick<Intent, 'only' | 'fromHere' | 'start'> {
  /** True for a fleet that was another machine's and is to be this one's. */
  readonly moveHere?: boolean;
}

/** Observes the world once and decides what is missing. Reads only. Throws a UserError for a fleet that lives elsewhere. */
export async function planFleet(context: Context, loaded: LoadedFleet, wanted: PlanWanted): Promise<PlannedFleet> {
  const { record } = loaded;
  if (record !== null && wanted.moveHere !== true) await refuseAway(context, record);
  refuseUnknown(loaded.read.layout, wanted.only ?? []);
  const { layout, notes } = withoutClosed(withLabels(loaded), { record, only: wanted.only });
  const server = await serverFor(context, record);
  const snapshot = await observe(context, { layout, record, server });
  const launchHashes = Object.fromEntries(layout.panes.map((pane) => [pane.id, launchHash(layout, pane)]));
  const plan = reconcile({ layout, snapshot, known: record?.sessions ?? [], intent: { ...wanted, launchHashes } });
  const accounts = accountsOf(context, { layout, record, snapshot });
  const others = describeOtherAccount(context, { accounts, started: startedPanes(plan, layout) });
  return {
    plan: { ...plan, notes: [...notes, ...plan.notes, ...others] },
    snapshot,
    server,
    machine: await readMachine(),
    layout,
    accounts,
  };
}

/** Labels given by `rename` stand until the layout's own label changes. */
function withLabels({ read: { layout }, record }: LoadedFleet): Layout {
  const panes = layout.panes.map((pane) => {
    const known = record?.sessions.find((session) => session.id === pane.id);
    return known !== undefined && known.renamedFrom === pane.name ? { ...pane, name: known.name } : pane;
  });
  return { ...layout, panes };
}

function refuseUnknown(layout: Layout, only: readonly string[]): void {
  const ids = layout.panes.map((pane) => pane.id);
  const unknown = only.find((id) => !ids.includes(id));
  if (unknown === undefined) return;
  const meant = closest(unknown, ids);
  throw new UserError(`--only names "${unknown}", which is no session of the layout`, {
    hint: meant === null ? `the sessions are: ${ids.join(', ')}` : `did you mean "${meant}"?`,
    exitCode: EXIT.usage,
  });
}
