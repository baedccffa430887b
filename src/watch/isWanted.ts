import type { Context } from '../apply/context.ts';
import { readFleets } from '../store/fleets.ts';
import type { ServerView } from '../tmux/serverView.ts';
import { runTmux, type TmuxServer } from '../tmux/tmux.ts';

/** True when a tmux server runs that has a fleet of which there is a record, or the plugin: what a watcher is for. */
export async function isWanted({ env, store }: Pick<Context, 'env' | 'store'>, server: TmuxServer): Promise<boolean> {
  const { code, stdout } = await runTmux(
    server,
    ['list-sessions', '-F', '#{?claude_tmux_plugin,plugin,#{@claude_tmux_fleet}}'],
    { env },
  );
  const marks = code === 0 ? stdout.split('\n') : [];
  if (marks.includes('plugin')) return true;
  const { records } = await readFleets(store);
  return records.some(({ uuid }) => marks.includes(uuid));
}

/** True for a server that was looked at and may be one: whose fleets have a record is not asked. */
export function isWantedBy({ hasPlugin, sessions }: ServerView): boolean {
  return hasPlugin || sessions.some(({ fleet }) => fleet !== null);
}
