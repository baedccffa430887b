import { launchHash } from '../apply/launchHash.ts';
import type { Dependency, Layout, Pane } from '../layout/layout.ts';
import type { FleetRecord, SessionRecord, SessionTask } from '../store/fleetRecord.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import type { LoadedFleet } from './loadFleet.ts';
import type { PlannedFleet } from './planFleet.ts';

export interface Update {
  readonly loaded: LoadedFleet;
  readonly planned: PlannedFleet;
  readonly newId: () => string;
}

/** The record as it stands once the plan is carried out: what was known is kept, conversations stay the same. */
export function updateRecord(record: FleetRecord, { loaded, planned, newId }: Update): FleetRecord {
  const { layout, plan, server, machine, snapshot } = planned;
  const onScreen = new Set([
    ...plan.steps.flatMap((step) => ('pane' in step ? [step.pane] : [])),
    ...record.sessions.map((session) => session.id),
  ]);
  const started = new Set(startedPanes(plan, layout).map((pane) => pane.id));
  const current = layout.panes
    .filter((pane) => onScreen.has(pane.id))
    .map((pane) => {
      const before = record.sessions.find((session) => session.id === pane.id);
      const tasks = tasksOf(
        before,
        plan.steps.some((step) => step.kind === 'begin-task' && step.pane === pane.id),
      );
      const isStarted = started.has(pane.id);
      const running = snapshot.agents[pane.id]?.account ?? before?.account ?? null;
      const account = isStarted || running === null ? (planned.accounts[pane.id] ?? null) : running;
      return toSession(layout, pane, {
        before,
        isStarted,
        account,
        ...tasks,
        conversation: tasks.conversation ?? newId(),
      });
    });
  const removed = record.sessions.filter((session) => !layout.panes.some((pane) => pane.id === session.id));
  return {
    ...record,
    socket: server.socket,
    machine,
    session: layout.session,
    strategy: layout.strategy,
    checkout: layout.checkout,
    layout: loaded.path,
    workspace: layout.workspace,
    task: loaded.task,
    sessions: [...current, ...removed],
  };
}

/** The tasks and the conversation of a session, its next task begun or not. */
function tasksOf(
  before: SessionRecord | undefined,
  isBegun: boolean,
): Pick<SessionRecord, 'task' | 'nextTask' | 'conversation'> {
  if (before === undefined) return { task: null, nextTask: null, conversation: null };
  const { task, nextTask, conversation } = before;
  return isBegun && nextTask !== null
    ? { task: nextTask, nextTask: null, conversation: nextTask.conversation }
    : { task, nextTask, conversation };
}

interface Known {
  readonly before: SessionRecord | undefined;
  readonly isStarted: boolean;
  readonly account: SessionRecord['account'];
  /** The one it works on from now on. */
  readonly task: SessionTask | null;
  readonly nextTask: SessionTask | null;
  readonly conversation: string;
}

function toSession(layout: Layout, pane: Pane, how: Known): SessionRecord {
  const owner = treeOwner(layout, pane);
  const spec = owner?.tree.kind === 'own' ? owner.tree.spec : null;
  const { work } = pane;
  const isClaude = work.kind === 'agent' && work.isClaude;
  return {
    id: pane.id,
    number: pane.number,
    name: pane.name,
    renamedFrom: how.before !== undefined && how.before.name === pane.name ? how.before.renamedFrom : null,
    key: pane.key,
    color: pane.color,
    kind: work.kind,
    isClaude,
    path: treePath(layout, pane),
    owner: owner?.id ?? null,
    branch: spec?.branch ?? null,
    base: spec?.base.kind === 'branch' ? spec.base.name : null,
    baseOf: spec?.base.kind === 'pane' ? spec.base.id : null,
    launchHash: how.isStarted || how.before === undefined ? launchHash(layout, pane) : how.before.launchHash,
    conversation: isClaude ? how.conversation : null,
    account: isClaude || work.kind === 'placeholder' ? how.account : null,
    task: how.task,
    nextTask: how.nextTask,
    ...kept(how.before),
    dependsOn: pane.dependsOn.map(({ id, until }) => ({ id, until: describeUntil(until) })),
  };
}

/** What other commands have noted of a session. */
function kept(
  before: SessionRecord | undefined,
): Pick<SessionRecord, 'port' | 'syncedAt' | 'syncWhenIdle' | 'asksFirst'> {
  if (before === undefined) return { port: null, syncedAt: null, syncWhenIdle: null };
  const { port, syncedAt, syncWhenIdle, asksFirst } = before;
  return { port, syncedAt, syncWhenIdle, ...(asksFirst === true ? { asksFirst } : {}) };
}

/** The pane whose tree this one works in; null when that is the user's own checkout. */
function treeOwner(layout: Layout, pane: Pane): Pane | null {
  switch (pane.tree.kind) {
    case 'own':
      return pane;
    case 'of': {
      const { id } = pane.tree;
      const owner = layout.panes.find((other) => other.id === id);
      return owner === undefined ? null : treeOwner(layout, owner);
    }
    case 'checkout':
      return null;
  }
}

/** The root of the tree a pane works in, absolute. */
function treePath(layout: Layout, pane: Pane): string {
  const owner = treeOwner(layout, pane);
  if (owner?.tree.kind === 'own') return owner.tree.spec.path;
  const shared = pane.tree.kind === 'checkout' ? pane.tree.path : layout.checkout;
  if (shared === null) throw new Error(`pane ${pane.id} has no tree`);
  return shared;
}

/** `ready`, `file: PATH`, `command: CMD`: as the layout writes it. */
function describeUntil(until: Dependency['until']): string {
  if (typeof until === 'string') return until;
  return 'file' in until ? `file: ${until.file}` : `command: ${until.command}`;
}
