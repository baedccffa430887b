import { callerAccount, claudeFolders } from '../agent/claudeFolders.ts';
import { readRegistry } from '../agent/registry.ts';
import type { Context } from '../apply/context.ts';
import { runsBelowAny } from '../apply/ownPane.ts';
import { LayoutError, UserError } from '../base/errors.ts';
import type { AgentCommand } from '../layout/layout.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { reloadFleet } from './loadFleet.ts';

/** Throws inside an agent, unless the fleet's layout names the command in `agents_may`. A guard against accidents: an agent that wants to can go around it. */
export async function refuseInsideAgent(context: Context, command: AgentCommand, fleet: FleetRecord): Promise<void> {
  if (!(await isInsideAgent(context)) || (await agentsMay(context, fleet)).includes(command)) return;
  throw new UserError(
    `claude-tmux ${command} was given inside an agent, and the layout of "${fleet.name}" does not let agents do that; nothing was done`,
    { hint: `run it in a terminal of your own, or write agents_may: [${command}] into ${fleet.layout}` },
  );
}

/** Claude Code sets CLAUDECODE for what it runs. A tmux server that an agent started hands it on to every shell: a person on a terminal is no agent unless claude is among the parents. */
async function isInsideAgent(context: Context): Promise<boolean> {
  if (context.env['CLAUDECODE'] !== '1') return false;
  if (!context.interactive) return true;
  return runsBelowAny(await readRegistry(claudeFolders(callerAccount(context), context.home).sessions));
}

/** As the layout is now; one that cannot be read lets nothing be done. */
async function agentsMay(context: Context, fleet: FleetRecord): Promise<readonly AgentCommand[]> {
  try {
    return (await reloadFleet(context, fleet)).read.layout.agentsMay;
  } catch (error) {
    if (error instanceof UserError || error instanceof LayoutError) return [];
    throw error;
  }
}
