import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isTrustedByClaude } from '../../src/agent/workspaceTrust.ts';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { approveInCheckout, MCP_PROJECT } from './support/mcp.ts';
import { isTold, PATIENT, seal, type Sealed } from './support/sealed.ts';
import type { Terminal } from './support/terminal.ts';

let sealed: Sealed;
beforeEach(async () => {
  sealed = await seal({ files: MCP_PROJECT });
  await approveInCheckout(sealed);
  await sealed.writeLayout([
    { id: 'one', prompt: 'SCENARIO:text:first_answer' },
    { id: 'two', prompt: 'SCENARIO:text:second_answer' },
  ]);
});
afterEach(() => sealed.dispose());

/** Up on a terminal, as far as Claude's own question. */
async function upOnTerminal(...flags: string[]): Promise<Terminal> {
  const terminal = await sealed.terminal(['up', 'shop.yaml', ...flags]);
  if (!flags.includes('--yes')) await answer(terminal, 'Bring it up? [y/N]', 'y');
  await eventually(async () => expect(await terminal.screen()).toContain('Yes, I trust this folder'), PATIENT);
  return terminal;
}

async function answer(terminal: Terminal, question: string, ...keys: string[]): Promise<void> {
  await eventually(async () => expect(await terminal.screen()).toContain(question), PATIENT);
  await terminal.press(...keys, 'Enter');
}

const trusted = (): Promise<boolean> => isTrustedByClaude(sealed.workspace, sealed.sandbox);

describeClaude('the trust dialog', () => {
  test('is met once, in the terminal of the first up, and then no pane shows it', async () => {
    const terminal = await upOnTerminal('--yes');
    expect(await terminal.screen()).toContain(`Claude Code asks once whether you trust ${sealed.workspace}`);
    expect(await sealed.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    await terminal.press('Enter');
    await eventually(async () => expect((await sealed.sessions()).map(isTold)).toEqual([true, true]), PATIENT);
    await sealed.shows('one', 'first answer');
    await sealed.shows('two', 'second answer');
    expect(await trusted()).toBe(true);
    expect(await terminal.exitCode()).toBeNull();
    expect(await sealed.tmux.run('list-clients', '-F', '#{session_name}')).toBe('shop');
  });

  test('comes after the question about the layout and before those about MCP servers and about what was allowed, on the same terminal', async () => {
    const terminal = await upOnTerminal();
    await terminal.press('Enter');
    await answer(terminal, 'You approved the MCP servers "probe"', 'y');
    await answer(terminal, 'What you allowed Claude for this project', 'n');
    await sealed.shows('one', 'first answer');
    await sealed.shows('two', 'second answer');
    await eventually(async () => expect(await sealed.tmux.run('list-clients', '-F', '#{session_name}')).toBe('shop'));
  });

  test('declined: nothing is started, and up says so', async () => {
    const terminal = await upOnTerminal('--yes');
    await terminal.press('Escape');
    await eventually(async () => expect(await terminal.exitCode()).toBe(1), PATIENT);
    expect(await terminal.screen()).toMatch(/was not trusted\s.*no session was started/s);
    // What claude asked the terminal before it ended is answered too late for it: that is not left to the user's shell.
    expect(await terminal.screen()).not.toContain('^[');
    expect(await trusted()).toBe(false);
    expect(await sealed.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    expect(existsSync(`${sealed.workspace}/one`)).toBe(false);
    expect(sealed.api.requests.filter(({ kind }) => kind === 'turn')).toEqual([]);
  });

  test('without a terminal up says what to expect, each pane asks, and the prompt comes after the answer', async () => {
    const { stderr } = await sealed.ok('up', 'shop.yaml', '--yes');
    expect(stderr).toContain(`note: Claude Code does not trust ${sealed.workspace} yet`);
    const { agent } = await sealed.reaches('one', 'blocked');
    expect(agent).toMatchObject({ detail: 'asks whether this folder is trusted', source: 'screen' });
    await sealed.reaches('two', 'blocked');
    await sealed.press('one', 'Enter');
    await sealed.shows('one', 'first answer');
    expect(isTold(await sealed.statusOf('one'))).toBe(true);
    expect((await sealed.statusOf('two')).agent.state).toBe('blocked');
  });
});
