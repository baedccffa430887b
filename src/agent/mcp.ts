import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, textsAt } from '../base/json.ts';
import { parseObject, readText } from '../store/file.ts';
import { readProjects, type ClaudeHome } from './claudeConfig.ts';
import { claudeFolders } from './claudeFolders.ts';

interface Approving extends ClaudeHome {
  /** False where the checkout's `.claude/settings.local.json` is in git, and so not the user's own; asked for where a server is declared. */
  readonly hasOwnSettings: () => Promise<boolean>;
}

/**
 * Approvals of the MCP servers of the checkout's `.mcp.json`, in this account: what claude would otherwise ask again in each clone. They stand
 * in `.claude.json`, `.claude/settings.local.json` and the user's settings (Claude Code 2.1.197). What the repository itself approves is no
 * word of the user, though Claude heeds it; what any of them refuses is refused.
 */
export async function approvedMcpServers(
  checkout: string,
  { account, home, hasOwnSettings }: Approving,
): Promise<readonly string[]> {
  const declared = (await readObject(join(checkout, '.mcp.json'))).mcpServers;
  if (!isObject(declared)) return [];
  const folders = claudeFolders(account, home);
  const [project, local, shared, users] = await Promise.all([
    readProject({ account, home }, checkout),
    readObject(join(checkout, '.claude', 'settings.local.json')),
    readObject(join(checkout, '.claude', 'settings.json')),
    readObject(join(folders.root, 'settings.json')),
  ]);
  const own = [project, users, ...((await hasOwnSettings()) ? [local] : [])];
  const approves = approvalsOf(own);
  const refused = new Set([...own, local, shared].flatMap((source) => textsAt(source, 'disabledMcpjsonServers')));
  return Object.entries(declared).flatMap(([name, server]) =>
    approves(name) && !refused.has(name) ? [approvalOf(name, server)] : [],
  );
}

/** Which servers some settings approve, by name: Claude starts those unasked (2.1.332). */
export function approvalsOf(settings: readonly Readonly<Record<string, unknown>>[]): (server: string) => boolean {
  const all = settings.some((source) => source.enableAllProjectMcpServers === true);
  const named = new Set(settings.flatMap((source) => textsAt(source, 'enabledMcpjsonServers')));
  return (server) => all || named.has(server);
}

/** An approval holds for a server as it was defined then: a digest of that, and its name. */
function approvalOf(name: string, server: unknown): string {
  return `${createHash('sha256')
    .update(JSON.stringify([name, server]))
    .digest('hex')} ${name}`;
}

/** The name of the server that an approval is for. */
export function approvedName(approval: string): string {
  return approval.slice(approval.indexOf(' ') + 1);
}

/** Names of the approved servers in a tree where claude starts in `dir`; one that any `.mcp.json` on the way defines in another way is not among them. */
export async function stillApproved(
  approvals: readonly string[],
  { tree, dir }: { readonly tree: string; readonly dir: string },
): Promise<readonly string[]> {
  if (approvals.length === 0) return [];
  const parts = dir.split('/').filter((part) => part !== '' && part !== '.');
  const folders = [tree, ...parts.map((_, at) => join(tree, ...parts.slice(0, at + 1)))];
  const declared = (
    await Promise.all(folders.map(async (folder) => (await readObject(join(folder, '.mcp.json'))).mcpServers))
  ).filter(isObject);
  const found = declared.flatMap((servers) => Object.entries(servers));
  const names = [...new Set(approvals.map(approvedName))].filter((name) => found.some(([other]) => other === name));
  return names.filter((name) =>
    found.every(([other, server]) => other !== name || approvals.includes(approvalOf(name, server))),
  );
}

/** The checkout's entry in `.claude.json`, kept by real path. */
async function readProject(whose: ClaudeHome, checkout: string): Promise<Readonly<Record<string, unknown>>> {
  const project = readProjects(whose)[(await realpath(checkout)).normalize('NFC')];
  return isObject(project) ? project : {};
}

/** An absent file, and one that is no JSON object, approves nothing. */
async function readObject(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(path);
  return (text === null ? null : parseObject(text)) ?? {};
}
