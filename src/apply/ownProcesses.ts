import { realpath } from 'node:fs/promises';
import { descendsFrom } from '../store/process.ts';
import { readInsideProcesses, type InsideProcess } from '../store/insideProcesses.ts';
import { readServer } from '../tmux/readServer.ts';
import type { FleetPlace } from './readEvidence.ts';
import type { Context } from './context.ts';

/**
 * Pids of processes inside `tree` that are of the fleet's own doing: its panes' launch files (they all begin in the first session's tree),
 * and what runs below them, the user's shells and commands in our panes included.
 */
export async function readOwnProcesses(
  context: Context,
  { record, server }: FleetPlace,
  tree: string,
): Promise<ReadonlySet<number>> {
  const [{ session }, inside] = await Promise.all([
    readServer(server, { uuid: record.uuid, session: record.session, env: context.env }),
    readInsideProcesses(await realpath(tree)),
  ]);
  const panes = (session?.windows ?? [])
    .flatMap((window) => window.panes)
    .filter((pane) => pane.session !== null)
    .map(({ pid }) => pid);
  const own = new Set<number>();
  for (const one of inside)
    if (await isBelowOne(one, panes, new Map(inside.map((each) => [each.pid, each.parent])))) own.add(one.pid);
  return own;
}

/** Most parents stand in the tree too and are known; where one stands elsewhere the system is asked. */
async function isBelowOne(
  { pid }: InsideProcess,
  panes: readonly number[],
  parents: ReadonlyMap<number, number>,
): Promise<boolean> {
  let at = pid;
  const seen = new Set<number>();
  for (let up = parents.get(at); up !== undefined && !panes.includes(at) && !seen.has(at); up = parents.get(at)) {
    seen.add(at);
    at = up;
  }
  if (panes.includes(at)) return true;
  for (const pane of panes) if (await descendsFrom(at, pane)) return true;
  return false;
}
