import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment } from '../base/childEnvironment.ts';
import type { Context } from '../apply/context.ts';
import { readNames, writeFileAtomic } from '../store/file.ts';
import { readLiveProcess } from '../store/identityFile.ts';
import { type Env, fleetPaths, ownServersPrefix, type ServerPaths, serverFiles, serverPaths } from '../store/paths.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { renderStartScript } from './startScript.ts';

/**
 * Sees to it that a watcher runs for a server, with this program and this environment; false when it is switched off. The hooks of
 * the `fleet` (a uuid) are told where to find it: they start one that is gone.
 */
export async function startWatcher(context: Context, server: TmuxServer, fleet?: string): Promise<boolean> {
  if (isSwitchedOff(context)) return false;
  const paths = serverPaths(context.store, server.socket);
  if (fleet !== undefined)
    await writeFileAtomic(fleetPaths(context.store, fleet).server, `${paths.root}\n`, { durable: false });
  const script = renderStartScript({
    node: context.node,
    program: context.program,
    socket: server.socket,
    env: context.env,
  });
  await writeFileAtomic(paths.start, script, { durable: false });
  if ((await readLiveProcess(paths.pid)) === null) runStart(paths, context.env);
  return true;
}

/** Starts the watchers that were killed, of every server of this machine that has one; one whose server has ended clears up after itself. */
export async function reviveWatchers(context: Context): Promise<void> {
  if (isSwitchedOff(context)) return;
  for (const name of (await readNames(context.store.servers)).filter((one) => one.startsWith(ownServersPrefix()))) {
    const paths = serverFiles(join(context.store.servers, name));
    if ((await readLiveProcess(paths.pid)) === null) runStart(paths, context.env);
  }
}

/** `CLAUDE_TMUX_WATCH=off`: no bar, and no process that stays. */
function isSwitchedOff({ env }: Context): boolean {
  return env['CLAUDE_TMUX_WATCH'] === 'off';
}

/** In a session of its own, so that it ends with the tmux server and not with this terminal. */
export function runStart({ start }: ServerPaths, env: Env): void {
  const child = spawn('/bin/sh', [start], {
    cwd: '/',
    env: childEnvironment('watcher', env),
    detached: true,
    stdio: 'ignore',
  });
  // Without a shell there is nothing to be done here: the next command tries again.
  child.on('error', () => undefined);
  child.unref();
}
