import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { isTold, PATIENT, seal, type Sealed } from './support/sealed.ts';
import { openTerminal } from './support/terminal.ts';

let sealed: Sealed;
beforeEach(async () => {
  sealed = await seal({ trusted: true });
  await sealed.writeLayout([{ id: 'one', prompt: 'SCENARIO:text hello' }]);
});
afterEach(() => sealed.dispose());

/** It has a transcript and an entry in the registry: an agent that up can bring back. */
async function expectWhole(): Promise<void> {
  await sealed.shows('one', 'Mock reply');
  const status = await sealed.rests('one');
  expect(isTold(status)).toBe(true);
  await eventually(async () => expect(await sealed.transcript(status.agent.session_id ?? '')).not.toEqual([]));
}

describeClaude('up, run by an agent', () => {
  test('through its Bash tool, which also starts the tmux server, makes agents that keep their conversations', async () => {
    await sealed.tmux.dispose();
    const command = `cd ${sealed.checkout} && claude-tmux up shop.yaml --yes -S ${sealed.tmux.socket}`;
    const script = JSON.stringify([
      [{ type: 'tool_use', name: 'Bash', input: { command, description: 'Bring up the fleet' } }],
    ]);
    await openTerminal(
      sealed.sandbox,
      ['claude', '--permission-mode', 'default', '--allowedTools', 'Bash', '--', `SCENARIO:json ${script}`],
      { cwd: sealed.checkout },
    );
    await eventually(() => sealed.tmux.run('has-session', '-t', '=shop:'), PATIENT);
    expect(await sealed.tmux.run('show-environment', '-g')).not.toMatch(/^(CLAUDECODE|CLAUDE_CODE_CHILD_SESSION)=/m);
    await expectWhole();
  });

  test('on a terminal does not take that terminal over', async () => {
    const marks = {
      CLAUDECODE: '1',
      CLAUDE_CODE_CHILD_SESSION: '1',
      CLAUDE_CODE_SESSION_ID: '11111111-1111-4111-8111-111111111111',
    };
    const terminal = await sealed.terminal(['up', 'shop.yaml', '--yes'], { env: marks });
    await eventually(async () => expect(await terminal.exitCode()).toBe(0), PATIENT);
    expect(await terminal.screen()).toContain('"shop" is up: 1 pane made');
    expect(await sealed.tmux.run('list-clients')).toBe('');
    await expectWhole();
    expect((await sealed.statusOf('one')).path).toBe(join(sealed.workspace, 'one'));
  });
});
