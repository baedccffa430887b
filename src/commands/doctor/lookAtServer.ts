import type { Context } from '../../apply/context.ts';
import type { FoundProgram } from '../../doctor/plugin.ts';
import { isTooOld, type ServerReading } from '../../doctor/server.ts';
import type { PluginFacts } from '../../plugin/facts.ts';
import { LOADED } from '../../plugin/names.ts';
import { findPluginProgram } from '../../tmux/pluginProgram.ts';
import { readOptions } from '../../tmux/readOptions.ts';
import { readPlugin } from '../../tmux/readPlugin.ts';
import type { TmuxServer } from '../../tmux/tmux.ts';

export interface LookedAtServer {
  readonly server: ServerReading;
  /** Null where no server runs that could be asked. */
  readonly plugin: PluginFacts | null;
  /** Null where no plugin is loaded. */
  readonly program: FoundProgram | null;
}

/** What is in a tmux server; `program` is what `tmux -V` says. */
export async function lookAtServer(context: Context, server: TmuxServer, program: string): Promise<LookedAtServer> {
  const { env } = context;
  const reading = { socket: server.socket, program, ...(await readOptions(server, env)) };
  const { options } = reading;
  if (options === null || isTooOld(options)) return { server: reading, plugin: null, program: null };
  const plugin = await readPlugin(server, env);
  const isLoaded = plugin?.variables[LOADED] !== undefined;
  return {
    server: reading,
    plugin,
    program: isLoaded ? await findPluginProgram(server, { path: options.path, env }) : null,
  };
}
