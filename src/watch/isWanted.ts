import type { Context } from '../apply/context.ts';
import type { ServerView } from '../tmux/serverView.ts';
import { runTmux, type TmuxServer } from '../tmux/tmux.ts';

/** True when a tmux server runs that has a fleet or the plugin: what a watcher is for. */
export async function isWanted({ env }: Pick<Context, 'env'>, server: TmuxServer): Promise<boolean> {
  const { code, stdout } = await runTmux(server, ['list-sessions', '-F', '#{@claude_tmux_fleet}#{claude_tmux_plugin}'], { env });
  return code === 0 && stdout.trim() !== '';
}

/** The same of a server that was looked at. */
export function isWantedBy({ hasPlugin, sessions }: ServerView): boolean {
  return hasPlugin || sessions.some(({ fleet }) => fleet !== null);
}
