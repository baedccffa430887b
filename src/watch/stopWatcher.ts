import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../apply/context.ts';
import { UserError } from '../base/errors.ts';
import { readText } from '../store/file.ts';
import { readLiveProcess } from '../store/identityFile.ts';
import { serverPaths } from '../store/paths.ts';
import { isAlive } from '../store/process.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { clearServer } from './clearServer.ts';

/** It takes its variables and hooks off the server first; this is for a machine that swaps. In milliseconds. */
const PATIENCE_MS = 10_000;

/** True when a server has a watcher that lives or, killed, would be started again; none that was stopped. */
export async function isWatched(context: Context, server: TmuxServer): Promise<boolean> {
  const { pid, start } = serverPaths(context.store, server.socket);
  return (await readText(start)) !== null || (await readLiveProcess(pid)) !== null;
}

/** Ends the watcher of a server, and what would start it again; false when none ran: then what one that was killed has left goes. */
export async function stopWatcher(context: Context, server: TmuxServer): Promise<boolean> {
  const paths = serverPaths(context.store, server.socket);
  await rm(paths.start, { force: true });
  const watcher = await readLiveProcess(paths.pid);
  if (watcher === null) {
    await clearServer(server, context.env);
    return false;
  }
  process.kill(watcher.pid, 'SIGTERM');
  for (const end = Date.now() + PATIENCE_MS; await isAlive(watcher);) {
    if (Date.now() > end)
      throw new UserError(`the watcher (pid ${watcher.pid}) does not end`, {
        hint: `end it with: kill -9 ${watcher.pid}`,
      });
    await pause(20);
  }
  await rm(paths.root, { recursive: true, force: true });
  return true;
}
