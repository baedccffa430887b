import { readAgents } from '../agent/agentFacts.ts';
import { recordOf } from '../base/record.ts';
import { readTree } from '../git/tree.ts';
import type { Layout } from '../layout/layout.ts';
import type { AgentFacts, Snapshot, TreeState } from '../plan/snapshot.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { fleetPaths } from '../store/paths.ts';
import { readServer } from '../tmux/readServer.ts';
import { newWindowSize, viewerSize } from '../tmux/size.ts';
import { isInside } from '../tmux/socket.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import type { Context } from './context.ts';
import { refuseOtherServer } from './fleetHome.ts';
import { readRestoredShells } from './readRestoredShells.ts';

export interface Observed {
  readonly layout: Layout;
  readonly record: FleetRecord | null;
  readonly server: TmuxServer;
}

/**
 * Reads the world once, side by side: the tmux server, every tree of the layout, every agent of the record. Throws a UserError when agents
 * of the fleet run in another tmux server.
 */
export async function observe(context: Context, { layout, record, server }: Observed): Promise<Snapshot> {
  const [tmux, trees, agents] = await Promise.all([
    readServer(server, { uuid: record?.uuid ?? null, session: layout.session, env: context.env }),
    readTrees(context, layout),
    record === null
      ? recordOf<AgentFacts>([])
      : readAgents({
          paths: fleetPaths(context.store, record.uuid),
          sessions: record.sessions,
          env: context.env,
          home: context.home,
        }),
  ]);
  if (record !== null) await refuseOtherServer(context, record, { server, pid: tmux.pid });
  const shells = await readRestoredShells(tmux.namesake, Object.keys(trees));
  const inside = { insideSameServer: isInside(server.socket, context.env), paneId: context.env['TMUX_PANE'] };
  const terminal = viewerSize({ terminal: context.terminal, ...inside, clients: tmux.clients });
  const { pid: _, ...facts } = tmux;
  return { tmux: { ...facts, size: newWindowSize({ terminal, status: tmux.status }) }, trees, agents, shells };
}

async function readTrees(context: Context, layout: Layout): Promise<Record<string, TreeState>> {
  const specs = layout.panes.flatMap((pane) => (pane.tree.kind === 'own' ? [pane.tree.spec] : []));
  const states = await Promise.all(
    specs.map(async ({ path, repo }): Promise<[string, TreeState]> => [
      path,
      await readTree(path, { repo, env: context.env }),
    ]),
  );
  return Object.fromEntries(states);
}
