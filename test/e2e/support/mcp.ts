import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sealed } from './sealed.ts';

/** A project whose `.mcp.json` names one server; claude asks about it in every folder in which it was not approved. */
export const MCP_PROJECT: Readonly<Record<string, string>> = {
  '.mcp.json': JSON.stringify({ mcpServers: { probe: { command: 'true' } } }),
  '.gitignore': '*.yaml\n.claude/\n',
};

/** What Claude Code writes when the user says yes in the checkout. */
export async function approveInCheckout({ checkout }: Sealed): Promise<void> {
  await mkdir(join(checkout, '.claude'), { recursive: true });
  await writeFile(
    join(checkout, '.claude', 'settings.local.json'),
    JSON.stringify({ enabledMcpjsonServers: ['probe'] }),
  );
}
