import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, textsAt } from '../base/json.ts';
import { parseObject, readText } from '../store/file.ts';
import { readProjects, type ClaudeHome } from './claudeConfig.ts';
import { claudeFolders } from './claudeFolders.ts';

/**
 * Names of the MCP servers, in this account, of the checkout's `.mcp.json` that the user has approved there: what claude would otherwise ask again in
 * each clone. Approvals stand in `.claude.json`, `.claude/settings.local.json` and the settings files (Claude Code 2.1.197).
 */
export async function approvedMcpServers(checkout: string, { account, home }: ClaudeHome): Promise<readonly string[]> {
  const declared = (await readObject(join(checkout, '.mcp.json'))).mcpServers;
  if (!isObject(declared)) return [];
  const folders = claudeFolders(account, home);
  const sources = await Promise.all([
    readProject({ account, home }, checkout),
    readObject(join(checkout, '.claude', 'settings.local.json')),
    readObject(join(checkout, '.claude', 'settings.json')),
    readObject(join(folders.root, 'settings.json')),
  ]);
  const all = sources.some((source) => source.enableAllProjectMcpServers === true);
  const approved = new Set(sources.flatMap((source) => textsAt(source, 'enabledMcpjsonServers')));
  const refused = new Set(sources.flatMap((source) => textsAt(source, 'disabledMcpjsonServers')));
  return Object.keys(declared).filter((name) => (all || approved.has(name)) && !refused.has(name));
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
