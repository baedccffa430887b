import { callerAccount } from '../agent/claudeFolders.ts';
import { approvedMcpServers } from '../agent/mcp.ts';
import { isTrustedByClaude, meetTrustDialog } from '../agent/workspaceTrust.ts';
import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import { oneLine } from '../base/text.ts';
import type { Layout, Pane } from '../layout/layout.ts';
import type { World } from '../layout/world.ts';
import type { Plan } from '../plan/step.ts';
import { makeFolders } from '../store/file.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import { startedPanes } from '../plan/startedPanes.ts';
import { passOnSettings } from './passOnSettings.ts';

interface Meeting {
  /** The checkout one stands in. */
  readonly checkout: World['checkout'];
  readonly layout: Layout;
  readonly plan: Plan;
  readonly record: FleetRecord;
  readonly yes: boolean;
}

interface Met {
  /** What the record keeps of the answers. */
  readonly answers: Pick<FleetRecord, 'mcpServers' | 'localSettings'>;
  /** Files of the checkout that the new trees are to have, relative. */
  readonly localSettings: readonly string[];
}

/** Claude's start-up dialogs are met once for the fleet instead of once in each pane, and so is what it would ask again for lack of the user's settings. */
export async function meetDialogs(context: Context, meeting: Meeting): Promise<Met> {
  const { layout, plan, record } = meeting;
  const [first] = startedPanes(plan, layout).filter((pane) => pane.work.kind === 'agent' && pane.work.isClaude);
  if (!first) return { answers: { mcpServers: record.mcpServers, localSettings: record.localSettings }, localSettings: [] };
  await meetTrust(context, layout, first);
  const mcpServers = await passOnServers(context, meeting);
  const { answer, names } = await passOnSettings(context, meeting);
  return { answers: { mcpServers, localSettings: answer }, localSettings: names };
}

/** Trust of a folder covers those below it (Claude Code 2.1.197): the workspace's covers every clone. */
async function meetTrust(context: Context, layout: Layout, pane: Pane): Promise<void> {
  const folder = layout.isolation === 'shared' && layout.checkout !== null ? layout.checkout : layout.workspace;
  await makeWorkspace(folder);
  const where = { env: context.env, home: context.home };
  if (await isTrustedByClaude(folder, where)) return;
  if (!context.interactive) {
    context.talk(`note: Claude Code does not trust ${folder} yet, so each new session may ask. \`claude-tmux up\` from a terminal meets that question once for all.`);
    return;
  }
  context.talk(`Claude Code asks once whether you trust ${folder}; the answer covers every session of this fleet.`);
  const command = pane.work.kind === 'agent' ? pane.work.command : ['claude'];
  const answer = await meetTrustDialog({ ...where, command, workspace: folder, signal: context.signal });
  if (answer === 'declined') throw new UserError(`${folder} was not trusted`, { hint: 'no session was started; the same command asks again' });
}

async function makeWorkspace(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
  } catch (cause) {
    throw new UserError(`the workspace ${folder} cannot be made: ${cause instanceof Error ? cause.message : String(cause)}`, { hint: 'name another folder with `workspace:` in the layout', cause });
  }
}

/** MCP servers approved in the checkout are approved for the clones on the user's yes, which is asked for once. */
async function passOnServers(context: Context, { layout, record, yes }: Meeting): Promise<readonly string[] | null> {
  if (record.mcpServers !== null || layout.checkout === null || layout.isolation === 'shared') return record.mcpServers;
  const servers = await approvedMcpServers(layout.checkout, { account: callerAccount(context), home: context.home });
  if (servers.length === 0) return null;
  const names = servers.map((server) => `"${oneLine(server)}"`).join(', ');
  if (yes) return servers;
  if (!context.interactive) {
    context.talk(`note: MCP servers approved in ${layout.checkout} (${names}) are not passed on without your yes; give --yes, or answer in a pane.`);
    return null;
  }
  const isYes = await context.askYes(`You approved the MCP servers ${names} in ${layout.checkout}. Approve them for this fleet's clones too? [y/N] `);
  return isYes ? servers : [];
}
