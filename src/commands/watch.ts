import type { Context } from '../apply/context.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { startWatcher } from '../watch/startWatcher.ts';
import { stopWatcher } from '../watch/stopWatcher.ts';
import { watchServer } from '../watch/watchServer.ts';
import { namedServer } from './fleetServer.ts';
import type { Options } from './commandSpec.ts';

/** Keeps the status bar of a tmux server current, until the server ends; or sees to it that somebody does, or that nobody does. */
export async function watch(context: Context, _: readonly string[], options: Options): Promise<number> {
  const server = namedServer(context);
  if (options['stop'] === true) {
    if (!(await stopWatcher(context, server))) context.talk(`no watcher runs for the tmux server "${server.socket}"`);
    return EXIT.done;
  }
  if (options['start'] !== true) return watchServer(context, server);
  if (!(await startWatcher(context, server)))
    throw new UserError('CLAUDE_TMUX_WATCH is "off", so no watcher is started', { hint: 'unset it' });
  return EXIT.done;
}
