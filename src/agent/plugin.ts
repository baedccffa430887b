import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../store/file.ts';
import type { FleetPaths } from '../store/paths.ts';

/**
 * Claude Code's events that the hook is registered for. One that the installed version does not know silently disables all hooks
 * of a plugin (2.1.197); these three are older than every version that has `--plugin-dir`.
 */
export const HOOK_EVENTS = ['SessionStart', 'UserPromptSubmit', 'SessionEnd'] as const;

/** Seconds; the hook takes milliseconds, this is for a machine that hangs. */
const TIMEOUT = 5;

/** Writes the plugin folder given to claude with `--plugin-dir`, with a hook of its own: a package that is updated or moved breaks no running fleet. */
export async function writePlugin(fleet: FleetPaths, options: { readonly packageRoot: string; readonly version: string }): Promise<void> {
  const hook = join(fleet.plugin, 'hook.sh');
  const manifest = { name: 'claude-tmux', version: options.version, description: 'Tells claude-tmux what this session does.' };
  await makeFolder(fleet.inbox);
  await writeFileAtomic(hook, await readFile(join(options.packageRoot, 'tmux-plugin', 'hook.sh')), { mode: 0o700, durable: false });
  await writeFileAtomic(join(fleet.plugin, '.claude-plugin', 'plugin.json'), JSON.stringify(manifest), { durable: false });
  await writeFileAtomic(join(fleet.plugin, 'hooks', 'hooks.json'), JSON.stringify(hooksFile({ hook, inbox: fleet.inbox })), { durable: false });
}

/** hooks.json. With `args` there is no shell: the paths need no quoting, and the hook's parent is claude itself. */
export function hooksFile({ hook, inbox }: { hook: string; inbox: string }): unknown {
  const entry = (event: string) => [{ hooks: [{ type: 'command', command: hook, args: [event, inbox], timeout: TIMEOUT }] }];
  return { hooks: Object.fromEntries(HOOK_EVENTS.map((event) => [event, entry(event)])) };
}
