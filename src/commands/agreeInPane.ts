import { basename, join, relative } from 'node:path';
import { approvedName, stillApproved } from '../agent/mcp.ts';
import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { textsAt } from '../base/json.ts';
import { pasted } from '../base/pasted.ts';
import { exactLine } from '../base/text.ts';
import { parseObject, readText, writeFileAtomic } from '../store/file.ts';
import type { FleetRecord, SessionRecord } from '../store/fleetRecord.ts';
import { readFleet } from '../store/fleets.ts';
import { fleetPaths, sessionPaths, storePaths } from '../store/paths.ts';
import { meetChangedGrants } from './changedGrants.ts';
import { layoutNow } from './loadFleet.ts';
import { takesNothingOnTrust, treeOf, trustedIn } from './untrusted.ts';

interface Pressed {
  /** The session's folder (`CLAUDE_TMUX_SESSION_DIR`): the fleet, its state folder and the session are read from that. */
  readonly folder: string;
  /** Where the agent is to start, absolute. */
  readonly cwd: string;
}

/**
 * `r` in a pane starts the agent by the launch file that is there. What came into its folder since the user agreed is shown and asked for
 * before, and an approval of an MCP server that is no longer the same is taken out of its settings. Throws a UserError when it may not start.
 */
export async function agreeInPane(context: Context, { folder, cwd }: Pressed): Promise<number> {
  const uuid = basename(join(folder, '..', '..'));
  const inPane = {
    ...context,
    store: storePaths({ ...context.env, XDG_STATE_HOME: join(folder, UP_TO_STATE) }, context.home),
  };
  const record = await readFleet(inPane.store, uuid);
  const session = record?.sessions.find(({ id }) => id === basename(folder));
  if (!record || session === undefined)
    throw new UserError(`the session of ${folder} is no longer in a fleet`, { hint: 'claude-tmux up brings it back' });
  if (session.asksFirst === true)
    throw new UserError('something new came into its tree, and was not agreed to yet', {
      hint: `see it from another terminal: ${pasted`start ${session.id}`}`,
    });
  const dirs = [relative(session.path, cwd)];
  if (!takesNothingOnTrust(context.env)) {
    const group = {
      tree: session.path,
      repo: await repoOf(inPane, record, session),
      whose: { account: session.account ?? '', home: context.home },
      dirs,
    };
    await meetChangedGrants(inPane, await trustedIn(inPane, group, []), { yes: false, again: 'press r again' });
  }
  await dropApprovals(inPane, { record, session, dir: dirs[0] ?? '' });
  return EXIT.done;
}

/** From a session's folder to the one that XDG_STATE_HOME names: `…/claude-tmux/v1/fleets/UUID/launch/ID`. */
const UP_TO_STATE = join('..', '..', '..', '..', '..', '..');

/** The repository of the session's tree; the fleet's when its layout cannot be read any more. */
async function repoOf(context: Context, record: FleetRecord, { id }: SessionRecord): Promise<string> {
  const layout = await layoutNow(context, record);
  const pane = layout?.panes.find((one) => one.id === id);
  return (layout && pane && treeOf(layout, pane)?.repo) ?? record.repo;
}

/** Claude Code asks about a server that is defined in another way than the user approved. */
async function dropApprovals(
  context: Context,
  { record, session, dir }: { readonly record: FleetRecord; readonly session: SessionRecord; readonly dir: string },
): Promise<void> {
  const file = sessionPaths(fleetPaths(context.store, record.uuid), session.id).settings;
  const settings = parseObject((await readText(file)) ?? '{}') ?? {};
  const approvals = record.mcpServers ?? [];
  const still = await stillApproved(approvals, { tree: session.path, dir });
  const gone = new Set(approvals.map(approvedName).filter((name) => !still.includes(name)));
  const before = textsAt(settings, 'enabledMcpjsonServers');
  const kept = before.filter((name) => !gone.has(name));
  if (kept.length === before.length) return;
  await writeFileAtomic(file, JSON.stringify({ ...settings, enabledMcpjsonServers: kept }), { durable: false });
  const names = before
    .filter((name) => gone.has(name))
    .map((name) => `"${exactLine(name)}"`)
    .join(', ');
  context.talk(`note: Claude Code asks about ${names}: not the MCP server that you approved any more`);
}
