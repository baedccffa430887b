import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/agent/findProgram.ts';
import { approvedMcpServers } from '../../src/agent/mcp.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
  await mkdir(sandbox.path('w', 'api'), { recursive: true });
});
afterEach(async () => sandbox.dispose());

async function global(projects: Record<string, unknown>): Promise<void> {
  await writeFile(sandbox.path('home', '.claude.json'), JSON.stringify({ projects }));
}

describe('approved MCP servers', () => {
  it('are the declared ones that some file approves and none refuses', async () => {
    const checkout = sandbox.path('w');
    expect(await approvedMcpServers(checkout, { account: '', home: sandbox.home })).toEqual([]);
    await writeFile(`${checkout}/.mcp.json`, JSON.stringify({ mcpServers: { db: {}, web: {}, other: {}, bad: {} } }));
    expect(await approvedMcpServers(checkout, { account: '', home: sandbox.home })).toEqual([]);
    await global({ [checkout]: { enabledMcpjsonServers: ['db', 'gone', 'bad'] } });
    await mkdir(`${checkout}/.claude`);
    await writeFile(`${checkout}/.claude/settings.local.json`, JSON.stringify({ enabledMcpjsonServers: ['web'], disabledMcpjsonServers: ['bad'] }));
    expect(await approvedMcpServers(checkout, { account: '', home: sandbox.home })).toEqual(['db', 'web']);
    await writeFile(`${checkout}/.claude/settings.json`, JSON.stringify({ enableAllProjectMcpServers: true }));
    expect(await approvedMcpServers(checkout, { account: '', home: sandbox.home })).toEqual(['db', 'web', 'other']);
  });
});

describe('a program', () => {
  it('is found as a shell would: on absolute folders of PATH, executable, a file', async () => {
    await mkdir(sandbox.path('a', 'tool'), { recursive: true });
    await mkdir(sandbox.path('b'));
    await writeFile(sandbox.path('b', 'tool'), '#!/bin/sh\n', { mode: 0o755 });
    await writeFile(sandbox.path('b', 'data'), '', { mode: 0o644 });
    const options = { env: { PATH: `.:${sandbox.path('a')}:${sandbox.path('b')}` }, cwd: sandbox.path('b') };
    expect(await findProgram('tool', options)).toBe(sandbox.path('b', 'tool'));
    expect(await findProgram('./tool', options)).toBe(sandbox.path('b', 'tool'));
    expect(await findProgram('data', options)).toBeNull();
    expect(await findProgram('none', options)).toBeNull();
  });
});
