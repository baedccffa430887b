import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../apply/context.ts';
import { EXIT } from '../base/errors.ts';
import { writeFileAtomic } from '../store/file.ts';
import { readLiveProcess, readOwnProcess, renderIdentity } from '../store/identityFile.ts';
import { withLock } from '../store/lock.ts';
import { type ServerPaths, serverPaths } from '../store/paths.ts';
import { hearServer } from '../tmux/hearServer.ts';
import { refuseUnseenServer } from '../tmux/seenServer.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { isWanted } from './isWanted.ts';
import { runStart } from './startWatcher.ts';
import { CHANNEL } from './serverHooks.ts';
import { makeWatcher } from './watcher.ts';

/**
 * Keeps the bar of one tmux server current: until the server ends, or has neither a fleet nor the plugin, or Ctrl-C. There is one for
 * a server, by lock; a UserError names the one that runs. One of another pid namespace is not watched: what its agents do cannot be seen. A watcher whose program was replaced by another version makes room for it.
 */
export async function watchServer(context: Context, server: TmuxServer): Promise<number> {
  const paths = serverPaths(context.store, server.socket);
  await refuseUnseenServer(server, context.env);
  const end = await withLock(paths.lock, { timeoutMs: 0, what: `watching the tmux server "${server.socket}"` }, () =>
    keepWatch(context, { server, paths }),
  );
  // A fleet may have come up while this watcher ended: whoever brought it up saw one that lived, and started none.
  if (end === 'replaced' || (end !== 'stopped' && (await isWanted(context, server)))) runStart(paths, context.env);
  else if (end !== 'stopped' && (await readLiveProcess(paths.pid)) === null)
    await rm(paths.root, { recursive: true, force: true });
  return EXIT.done;
}

/** How a watcher's life ended: its server is gone; there is nothing more to watch; somebody ended it; its program is another one now. */
export type End = 'gone' | 'over' | 'stopped' | 'replaced';

/** How often the program's file is looked at, in milliseconds. */
const PROGRAM_MS = 5000;

async function keepWatch(
  context: Context,
  { server, paths }: { readonly server: TmuxServer; readonly paths: ServerPaths },
): Promise<End> {
  const program = await readStamp(context.program);
  await writeFileAtomic(paths.pid, renderIdentity(await readOwnProcess()), { durable: false });
  await forgetDeaths(paths.root);
  const ended = new AbortController();
  let end: End = 'gone';
  const stop = (how: End): void => {
    end = how;
    ended.abort();
  };
  context.signal.addEventListener('abort', () => stop('stopped'));
  const watcher = await makeWatcher(context, { server, paths, onOver: () => stop('over') });
  const timer = setInterval(
    () => void readStamp(context.program).then((now) => now === program || now === null || stop('replaced')),
    PROGRAM_MS,
  );
  await hearServer(server, {
    env: context.env,
    channel: CHANNEL,
    onView: (view) => watcher.see(view),
    signal: ended.signal,
  });
  clearInterval(timer);
  await watcher.close({ serverLives: ended.signal.aborted });
  await rm(paths.pid, { force: true });
  return end;
}

/** The files that hooks leave when they start a watcher (tmux-plugin/hook.sh), and the heartbeats of those that were killed. */
async function forgetDeaths(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith('after.') || /^beat-\d+\.conf$/.test(name));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}

/** Tells one build of a file from another; null when there is none. */
async function readStamp(path: string): Promise<string | null> {
  return stat(path).then(
    ({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`,
    () => null,
  );
}
