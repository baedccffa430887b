import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { loadBatch } from '../plugin/loadBatch.ts';
import { serverPaths } from '../store/paths.ts';
import { changeServer } from '../tmux/changeServer.ts';
import { hasTerminal, readPlugin } from '../tmux/readPlugin.ts';
import { namedServer } from './fleetServer.ts';

/** Puts the plugin's keys, hooks and fragment into the tmux server: once, however often it is loaded. `folder` is that of tmux-plugin/. */
export async function loadPlugin(context: Context, folder: string): Promise<number> {
  const server = namedServer(context);
  const facts = await readPlugin(server, context.env);
  if (facts === null)
    throw new UserError(`no tmux server runs at "${server.socket}"`, {
      hint: 'run this in a tmux pane, or name the server with -L or -S',
    });
  const { text, whenAttached, said } = loadBatch({
    facts,
    folder,
    watcherPid: serverPaths(context.store, server.socket).pid,
  });
  await changeServer(server, text, context.env);
  if (await hasTerminal(server, context.env)) await changeServer(server, whenAttached, context.env);
  for (const sentence of said) context.talk(`claude-tmux: ${sentence}`);
  return EXIT.done;
}
