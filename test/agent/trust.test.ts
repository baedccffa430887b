import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/agent/findProgram.ts';
import { approvedMcpServers } from '../../src/agent/mcp.ts';
import { isTrustedByClaude, meetTrustDialog } from '../../src/agent/workspaceTrust.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let where: { env: Record<string, string>; home: string };
beforeEach(async () => {
  sandbox = await makeSandbox();
  where = { env: { ...sandbox.env, CLAUDECODE: '1' }, home: sandbox.home };
  await mkdir(sandbox.path('w', 'api'), { recursive: true });
});
afterEach(async () => sandbox.dispose());

async function global(projects: Record<string, unknown>): Promise<void> {
  await writeFile(sandbox.path('home', '.claude.json'), JSON.stringify({ projects }));
}

describe('trust', () => {
  it('of a folder covers what is below, by real path', async () => {
    expect(await isTrustedByClaude(sandbox.path('w', 'api'), where)).toBe(false);
    await global({ [sandbox.path('w')]: { hasTrustDialogAccepted: true } });
    await symlink(sandbox.path('w', 'api'), sandbox.path('link'));
    expect(await isTrustedByClaude(sandbox.path('w', 'api'), where)).toBe(true);
    expect(await isTrustedByClaude(sandbox.path('link'), where)).toBe(true);
    expect(await isTrustedByClaude(sandbox.root, where)).toBe(false);
  });

  it('is not what stands in a damaged file, nor anything but true', async () => {
    await global({ [sandbox.path('w')]: { hasTrustDialogAccepted: 'yes' } });
    expect(await isTrustedByClaude(sandbox.path('w'), where)).toBe(false);
    await writeFile(sandbox.path('home', '.claude.json'), '{');
    expect(await isTrustedByClaude(sandbox.path('w'), where)).toBe(false);
  });

  it('follows CLAUDE_CONFIG_DIR', async () => {
    await mkdir(sandbox.path('moved'));
    await writeFile(sandbox.path('moved', '.claude.json'), JSON.stringify({ projects: { [sandbox.path('w')]: { hasTrustDialogAccepted: true } } }));
    expect(await isTrustedByClaude(sandbox.path('w'), { ...where, env: { CLAUDE_CONFIG_DIR: sandbox.path('moved') } })).toBe(true);
  });
});

describe("Claude's own trust dialog", () => {
  /** A stand-in for claude: writes down where and how it runs, answers as told, and then goes on like a session does. */
  async function meet(answer: string): Promise<'trusted' | 'declined'> {
    const claude = sandbox.path('claude');
    await writeFile(claude, `#!/bin/sh\nPATH=/usr/bin:/bin\npwd >"${sandbox.path('seen')}"; echo "\${CLAUDECODE-unset}" >>"${sandbox.path('seen')}"\n${answer}\n`);
    await chmod(claude, 0o755);
    return meetTrustDialog({ command: [claude], workspace: sandbox.path('w'), ...where, signal: AbortSignal.timeout(20_000) });
  }
  const accept = (): string => `printf '{"projects":{"%s":{"hasTrustDialogAccepted":true}}}' "$PWD" >"${sandbox.path('home', '.claude.json')}"`;

  it('accepted: claude is ended as soon as it has written that down', async () => {
    expect(await meet(`echo $$ >"${sandbox.path('pid')}"; ${accept()}; exec sleep 1000`)).toBe('trusted');
    const pid = Number(await readFile(sandbox.path('pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await readFile(sandbox.path('seen'), 'utf8')).toBe(`${sandbox.path('w')}\nunset\n`);
  });

  it('declined: claude ends by itself', async () => {
    expect(await meet('exit 1')).toBe('declined');
  });

  it('a claude that is not there is said', async () => {
    const dialog = { command: ['no-such-claude'], workspace: sandbox.path('w'), ...where, signal: AbortSignal.timeout(20_000) };
    await expect(meetTrustDialog(dialog)).rejects.toThrow('"no-such-claude" cannot be started: it was not found on PATH');
  });
});

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
