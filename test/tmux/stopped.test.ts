import { afterEach, beforeEach, expect, it } from 'vitest';
import { runTmux } from '../../src/tmux/tmux.ts';
import { type PrivateTmux, startTmux } from '../support/privateTmux.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let tmux: PrivateTmux;
beforeEach(async () => {
  sandbox = await makeSandbox();
  tmux = startTmux(sandbox);
});
afterEach(() => sandbox.dispose());

it('a server that is stopped is given up in time, though it holds the ends of the pipes that its client gave it', async () => {
  await tmux.run('new-session', '-d', 'sleep 1000');
  const pid = Number(await tmux.run('display-message', '-p', '#{pid}'));
  process.kill(pid, 'SIGSTOP');
  try {
    await expect(
      runTmux({ socket: tmux.socket }, ['list-sessions'], { env: sandbox.env, timeoutMs: 300 }),
    ).rejects.toThrow('does not answer');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});
