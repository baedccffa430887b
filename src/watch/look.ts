import type { Context } from '../apply/context.ts';
import { readEvidence } from '../apply/readEvidence.ts';
import {
  toFleetStatus,
  type TreeReading,
  readTrees,
  withTreesElsewhere,
  type TreeSource,
} from '../apply/readStatus.ts';
import { findStrays, readStrayStatus } from '../apply/readStrays.ts';
import type { BarFleet, BarVariable } from '../bar/bar.ts';
import { recordOf } from '../base/record.ts';
import { isAtLeast } from '../plan/tmuxVersion.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { FollowedTree } from './liveTrees.ts';
import type { ServerPane } from '../tmux/serverPanes.ts';
import type { ServerView, ViewedSession } from '../tmux/serverView.ts';
import type { TmuxServer } from '../tmux/tmux.ts';

export interface LookInput {
  readonly server: TmuxServer;
  readonly view: ServerView;
  /** Every fleet that is recorded, up or not. */
  readonly records: readonly FleetRecord[];
  /** The latest reading of a tree. */
  readonly treeOf: (path: string, base: string | null) => TreeReading | null;
}

/** What the sessions of one tmux server do now, fleets first. No process is started but for the screen of an agent that is silent. */
export async function look(context: Context, input: LookInput): Promise<readonly BarFleet[]> {
  const fleets = fleetsOn(input);
  const own = await Promise.all(fleets.map(({ record, session }) => lookAtFleet(context, input, { record, session })));
  const strays = await lookAtStrays(context, input);
  return [...own, ...strays];
}

interface FleetOn {
  readonly record: FleetRecord;
  readonly session: ViewedSession;
}

/** The fleets that are up on the server that `view` is of. */
export function fleetsOn({ view, records }: Pick<LookInput, 'view' | 'records'>): readonly FleetOn[] {
  return records.flatMap((record) => {
    const session = view.sessions.find(({ fleet }) => fleet === record.uuid);
    return session === undefined ? [] : [{ record, session }];
  });
}

/** The same variables for every session of a group: each has an environment of its own. */
export function forGroups(
  variables: readonly BarVariable[],
  { sessions }: Pick<ServerView, 'sessions'>,
): readonly BarVariable[] {
  const groupOf = (id: string | null): string => sessions.find((session) => session.id === id)?.group ?? '';
  return variables.flatMap((variable) => {
    const group = groupOf(variable.scope);
    const others =
      group === '' ? [] : sessions.filter((session) => session.group === group && session.id !== variable.scope);
    return [variable, ...others.map(({ id }) => ({ ...variable, scope: id }))];
  });
}

/** The trees of these sessions, each once. */
export function treesOf(fleets: readonly BarFleet[]): readonly FollowedTree[] {
  const trees = fleets.flatMap(({ status }) =>
    status.sessions.flatMap(({ path, elsewhere = null, base }) =>
      [path, ...(elsewhere === null ? [] : [elsewhere])].map((tree): [string, FollowedTree] => [
        tree,
        { path: tree, base },
      ]),
    ),
  );
  return [...new Map(trees).values()];
}

async function lookAtFleet(
  context: Context,
  { server, view, treeOf }: LookInput,
  { record, session }: FleetOn,
): Promise<BarFleet> {
  const place = { record, server };
  const [evidence, trees] = await Promise.all([
    readEvidence(context, place, { session, clients: view.clients }),
    readTrees(record.sessions, treeOf),
  ]);
  return {
    status: toFleetStatus(place, evidence, await withTreesElsewhere(evidence, trees, treeOf)),
    tmuxSession: session.id,
    ...clicksOn(session, view),
  };
}

async function lookAtStrays(
  context: Context,
  { server, view, records, treeOf }: LookInput,
): Promise<readonly BarFleet[]> {
  const strays = await findStrays(context, server, records, panesOf(view));
  const bySession = await readStrayStatus(context, server, strays, treeOf satisfies TreeSource);
  return bySession.map((status) => {
    const session = view.sessions.find(({ name }) => name === status.name);
    return {
      status,
      tmuxSession: session?.id ?? null,
      ...(session === undefined ? NO_CLICKS : clicksOn(session, view)),
    };
  });
}

function panesOf({ sessions }: ServerView): readonly ServerPane[] {
  const all = sessions.flatMap((session) =>
    session.windows.flatMap((window) =>
      window.panes.map((pane) => ({
        paneId: pane.id,
        windowId: window.id,
        sessionId: session.id,
        pid: pane.pid,
        sessionName: session.name,
      })),
    ),
  );
  return all.filter((pane, at) => all.findIndex((other) => other.paneId === pane.paneId) === at);
}

type Clicks = Pick<BarFleet, 'windowIndexes' | 'paneClicks'>;

const NO_CLICKS: Clicks = { windowIndexes: {}, paneClicks: null };

/**
 * Sessions of a group share our text, and each has a current window of its own: there a click selects windows only. So it
 * does for a window of one pane, where a text that is older than the last change of windows still leads there.
 */
export function clicksOn(
  { windows, group }: Pick<ViewedSession, 'windows' | 'group'>,
  { version }: Pick<ServerView, 'version'>,
): Clicks {
  const current = windows.find(({ active, panes }) => active && panes.length > 1);
  return {
    windowIndexes: recordOf(windows.map(({ id, index }): [string, number] => [id, index])),
    paneClicks: group === '' && isAtLeast(version, '3.6') ? (current?.id ?? null) : null,
  };
}
