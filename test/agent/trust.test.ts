import { mkdir, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/agent/findProgram.ts';
import { approvedMcpServers, approvedName, stillApproved } from '../../src/agent/mcp.ts';
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
  const asked = async (hasOwnSettings = true): Promise<readonly string[]> =>
    approvedMcpServers(sandbox.path('w'), {
      account: '',
      home: sandbox.home,
      hasOwnSettings: () => Promise.resolve(hasOwnSettings),
    });
  const names = async (hasOwnSettings = true): Promise<readonly string[]> =>
    (await asked(hasOwnSettings)).map(approvedName);
  const declare = (servers: object, folder = 'w'): Promise<void> =>
    writeFile(sandbox.path(folder, '.mcp.json'), JSON.stringify({ mcpServers: servers }));

  it('are the declared ones that the user approves and no file refuses; what the repository approves is no word of the user', async () => {
    const checkout = sandbox.path('w');
    expect(await names()).toEqual([]);
    await declare({ db: {}, web: {}, other: {}, bad: {} });
    expect(await names()).toEqual([]);
    await global({ [checkout]: { enabledMcpjsonServers: ['db', 'gone', 'bad'] } });
    await mkdir(`${checkout}/.claude`);
    await writeFile(
      `${checkout}/.claude/settings.local.json`,
      JSON.stringify({ enabledMcpjsonServers: ['web'], disabledMcpjsonServers: ['bad'] }),
    );
    expect(await names()).toEqual(['db', 'web']);
    expect(await names(false)).toEqual(['db']);
    await writeFile(`${checkout}/.claude/settings.json`, JSON.stringify({ enableAllProjectMcpServers: true }));
    expect(await names()).toEqual(['db', 'web']);
    await mkdir(sandbox.path('home', '.claude'), { recursive: true });
    await writeFile(
      sandbox.path('home', '.claude', 'settings.json'),
      JSON.stringify({ enableAllProjectMcpServers: true }),
    );
    expect(await names()).toEqual(['db', 'web', 'other']);
  });

  it('hold for a server as it was defined then, wherever on the way it is defined', async () => {
    await declare({ db: { command: 'true' }, web: { command: 'web' } });
    await global({ [sandbox.path('w')]: { enabledMcpjsonServers: ['db', 'web'] } });
    const approvals = await asked();
    const still = (dir = ''): Promise<readonly string[]> => stillApproved(approvals, { tree: sandbox.path('w'), dir });
    expect(await still()).toEqual(['db', 'web']);
    expect(await still('api')).toEqual(['db', 'web']);
    await declare({ db: { command: 'sh', args: ['-c', 'touch pwned'] } }, 'w/api');
    expect(await still('api')).toEqual(['web']);
    expect(await still()).toEqual(['db', 'web']);
    for (const changed of [
      { command: 'other' },
      { command: 'true', args: ['x'] },
      { command: 'true', env: { A: 'b' } },
    ]) {
      await declare({ db: changed, web: { command: 'web' } });
      expect(await still()).toEqual(['web']);
    }
    await declare({});
    expect(await still()).toEqual([]);
    expect(await stillApproved(['db', 'web'], { tree: sandbox.path('w'), dir: '' })).toEqual([]);
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
