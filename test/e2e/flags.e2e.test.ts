import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { approveInCheckout, MCP_PROJECT } from './support/mcp.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** A hook on each prompt that leaves a file `name` in the session's folder. */
function leaves(name: string): string {
  return JSON.stringify({ hooks: { UserPromptSubmit: [{ hooks: [{ type: 'command', command: `touch ${name}` }] }] } });
}

describeClaude('what claude is started with', () => {
  test("label, model, permission mode, and the user's own settings beside ours", async () => {
    sealed = await seal({ trusted: true, home: { '.claude/settings.json': leaves('from-home') } });
    const label = 'Checkout – "cart"; #(no) $HOME';
    await sealed.startAgent({
      id: 'cart',
      name: label,
      task: 'feature',
      prompt: 'SCENARIO:text hello',
      claude: { model: 'sonnet', args: ['--settings', leaves('from-settings')] },
    });
    await sealed.shows('cart', 'Mock reply');
    const { agent, path } = await sealed.rests('cart');
    await eventually(async () => {
      const entries = await sealed.transcript(agent.session_id ?? '');
      expect(entries.find(({ type }) => type === 'user')).toMatchObject({ permissionMode: 'plan' });
    });
    expect(sealed.api.prompts().map(({ model }) => model)).toEqual([expect.stringContaining('sonnet')]);
    expect(await readRegisteredNames()).toEqual([label]);
    await eventually(async () =>
      expect((await readdir(path)).filter((name) => name.startsWith('from-')).sort()).toEqual([
        'from-home',
        'from-settings',
      ]),
    );
    const { root } = await sealed.filesOf('cart');
    expect(existsSync(join(root, 'prompted'))).toBe(true);
  });

  test('MCP servers approved in the checkout need no dialog in the clones', async () => {
    sealed = await seal({ trusted: true, files: MCP_PROJECT });
    await approveInCheckout(sealed);
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text hello' });
    await sealed.shows('one', 'Mock reply');
  });

  test('MCP servers that nobody approved are asked about in the pane, and status says so', async () => {
    sealed = await seal({ trusted: true, files: MCP_PROJECT });
    await sealed.writeLayout([{ id: 'one', prompt: 'SCENARIO:text hello' }]);
    // All of its agents ask, so nothing goes on without the user.
    const { code, stderr } = await sealed.ct(['up', 'shop.yaml', '--yes']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('asks about MCP servers of this repository') as unknown,
    });
    expect((await sealed.reaches('one', 'blocked')).agent.detail).toBe('asks about MCP servers of this repository');
  });

  test("Claude's own files are left to Claude", async () => {
    sealed = await seal({ trusted: true, files: MCP_PROJECT, home: { '.claude/settings.json': leaves('from-home') } });
    await approveInCheckout(sealed);
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:text hello' });
    await sealed.shows('one', 'Mock reply');
    await sealed.ok('down', '--yes');
    await eventually(async () => expect((await sealed.statusOf('one')).agent.state).toBe('exited'), PATIENT);
    const { home } = sealed.sandbox;
    expect(await readFile(join(home, '.claude', 'settings.json'), 'utf8')).toBe(leaves('from-home'));
    const { projects } = JSON.parse(await readFile(join(home, '.claude.json'), 'utf8')) as {
      projects: Record<string, { enabledMcpjsonServers?: readonly string[]; hasTrustDialogAccepted?: boolean }>;
    };
    expect(Object.values(projects).flatMap((project) => project.enabledMcpjsonServers ?? [])).toEqual([]);
    expect(Object.keys(projects).filter((folder) => projects[folder]?.hasTrustDialogAccepted)).toEqual([
      sealed.sandbox.root,
      sealed.checkout,
      join(sealed.workspace, 'one'),
    ]);
    expect(await filesNamingUs(join(home, '.claude'))).toEqual([]);
  });
});

async function readRegisteredNames(): Promise<readonly unknown[]> {
  const folder = join(sealed.sandbox.home, '.claude', 'sessions');
  const files = (await readdir(folder)).filter((name) => /^\d+\.json$/.test(name));
  return Promise.all(
    files.map(
      async (name) => (JSON.parse(await readFile(join(folder, name), 'utf8')) as { readonly name?: unknown }).name,
    ),
  );
}

/** Files outside the conversations that hold our name. */
async function filesNamingUs(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    paths
      .filter((path) => !path.startsWith(join(folder, 'projects')))
      .map(async (path) => ({ path, text: await readFile(path, 'utf8') })),
  );
  return texts.filter(({ text }) => text.includes('claude-tmux')).map(({ path }) => path);
}
