import { join } from 'node:path';
import { shellWord } from '../base/shellText.ts';
import { makeFolder, writeFileAtomic } from '../store/file.ts';
import { readBytes } from '../store/regularFile.ts';
import type { FleetPaths } from '../store/paths.ts';
import { eventsKnownTo, hasExecForm, type KnownEvent } from './hookEvents.ts';

export interface PluginInput {
  readonly packageRoot: string;
  /** Version of claude-tmux. */
  readonly version: string;
  /** Version of Claude Code, the oldest of those the fleet starts; null when unknown. */
  readonly claude: string | null;
}

/** Writes the plugin folder given to claude with `--plugin-dir`, with a hook of its own: a package that is updated or moved breaks no running fleet. */
export async function writePlugin(fleet: FleetPaths, { packageRoot, version, claude }: PluginInput): Promise<void> {
  const hook = join(fleet.plugin, 'hook.sh');
  const manifest = { name: 'claude-tmux', version, description: 'Tells claude-tmux what this session does.' };
  await makeFolder(fleet.inbox);
  await writeFileAtomic(hook, readBytes(join(packageRoot, 'tmux-plugin', 'hook.sh')), { mode: 0o700, durable: false });
  await writeFileAtomic(join(fleet.plugin, '.claude-plugin', 'plugin.json'), JSON.stringify(manifest), {
    durable: false,
  });
  await writeFileAtomic(
    join(fleet.plugin, 'hooks', 'hooks.json'),
    JSON.stringify(hooksFile({ hook, inbox: fleet.inbox, claude })),
    { durable: false },
  );
}

/** hooks.json, with the events that this version of Claude Code knows. */
export function hooksFile({ hook, inbox, claude }: { hook: string; inbox: string; claude: string | null }): unknown {
  const entry = ({ name, kept }: KnownEvent) => {
    const args = [name, inbox, kept];
    return [
      {
        hooks: [
          {
            type: 'command',
            ...(hasExecForm(claude) ? { command: hook, args } : { command: shellCommand([hook, ...args]) }),
            timeout: timeoutOf(name),
          },
        ],
      },
    ];
  };
  return { hooks: Object.fromEntries(eventsKnownTo(claude).map((event) => [event.name, entry(event)])) };
}

/** The shell becomes the hook, so that the hook's parent is claude here too. */
function shellCommand(words: readonly string[]): string {
  return `exec ${words.map(shellWord).join(' ')}`;
}

/** Seconds; the hook takes milliseconds, this is for a machine that hangs. All hooks of SessionEnd together get 1.5 s (2.1.197). */
function timeoutOf(event: string): number {
  return event === 'SessionEnd' ? 1 : 5;
}
