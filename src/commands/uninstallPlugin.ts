import type { Context } from '../apply/context.ts';
import { EXIT } from '../base/errors.ts';
import { unloadBatch } from '../plugin/unloadBatch.ts';
import { changeServer } from '../tmux/changeServer.ts';
import { readPlugin } from '../tmux/readPlugin.ts';
import { isWanted } from '../watch/isWanted.ts';
import { startWatcher } from '../watch/startWatcher.ts';
import { isWatched, stopWatcher } from '../watch/stopWatcher.ts';
import { namedServer } from './fleetServer.ts';

/** Takes the plugin out of the tmux server: its options, hooks and keys are as they were before the first load. */
export async function uninstallPlugin(context: Context): Promise<number> {
  const server = namedServer(context);
  const facts = await readPlugin(server, context.env);
  const text = facts === null ? '' : unloadBatch(facts);
  if (text === '') {
    context.talk(`the plugin is not loaded in the tmux server at "${server.socket}"`);
    return EXIT.done;
  }
  const watched = await isWatched(context, server);
  // First, so that a watcher that is just being started finds no plugin.
  await changeServer(server, text, context.env);
  await stopWatcher(context, server);
  // The fleets' own lines need one all the same, also where it was killed.
  if (watched && (await isWanted(context, server))) await startWatcher(context, server);
  context.talk('the plugin is out of this tmux server');
  context.talk(
    '  take its line out of your tmux configuration too, or the next load brings it back; with TPM, prefix + alt-u then removes its files',
  );
  return EXIT.done;
}
