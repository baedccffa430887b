import { readFileSync, watch } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Context } from '../../apply/context.ts';
import { characterLocale } from '../../base/locale.ts';
import type { MachineReading } from '../../doctor/machine.ts';
import type { ServerOptions } from '../../doctor/server.ts';
import { tryFolder } from '../../store/tryFolder.ts';

interface Known extends Pick<MachineReading, 'deadAgents'> {
  /** What the tmux server has; null without one. */
  readonly server: ServerOptions | null;
}

/** What the system and the environment give. */
export async function readMachine(
  { env, home, uid, store, platform }: Context,
  { server, deadAgents }: Known,
): Promise<MachineReading> {
  const here = env['XDG_STATE_HOME'] ?? '';
  return {
    inotify: platform === 'linux' ? readLimits() : null,
    watchProblem: tryWatch(home),
    state: await tryFolder(store.state, uid),
    relativeXdg: XDG.filter((name) => (env[name] ?? '') !== '' && !isAbsolute(env[name] ?? '')),
    stateHome: server === null ? null : { here, server: server.stateHome },
    locale: characterLocale(env),
    deadAgents,
    noColor: (env['NO_COLOR'] ?? '') !== '',
  };
}

const XDG = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'];

function readLimits(): MachineReading['inotify'] {
  const limit = (name: string): number => Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'));
  try {
    return { watches: limit('max_user_watches'), instances: limit('max_user_instances') };
  } catch {
    return null;
  }
}

/** A full table is found by asking for one place more in it. */
function tryWatch(folder: string): string | null {
  try {
    watch(folder, { persistent: false })
      .on('error', () => undefined)
      .close();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
