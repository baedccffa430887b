import { parseServerView, type ServerView, VIEW_COMMANDS } from './serverView.ts';
import { runTmux, type Environment, type TmuxServer } from './tmux.ts';

/** One view of the server, as the watcher gets it; null when there is none to be had. */
export async function readView(server: TmuxServer, env: Environment): Promise<ServerView | null> {
  const args = VIEW_COMMANDS.flatMap((command, at) => [...(at === 0 ? [] : [';']), ...command]);
  const { stdout } = await runTmux(server, args, { env });
  return parseServerView(stdout);
}
