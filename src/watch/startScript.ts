import { childEnvironment } from '../base/childEnvironment.ts';
import { shellWord } from '../base/shellText.ts';
import type { Env } from '../store/paths.ts';

/** The program as it is started again: Node's executable, the program's file, the tmux server's socket. */
export interface Start {
  readonly node: string;
  readonly program: string;
  readonly socket: string;
  readonly env: Env;
}

/**
 * Text of a script that becomes a watcher, whoever runs it: a hook of Claude's, whose environment holds keys, or tmux. It brings the
 * few variables along that say where files are and how git and tmux are found, and none of the caller's.
 */
export function renderStartScript({ node, program, socket, env }: Start): string {
  const given = childEnvironment('watcher', env);
  const variables = CARRIED.flatMap((name) => (given[name] === undefined ? [] : [`${name}=${shellWord(given[name])}`]));
  const words = [...variables, shellWord(node), shellWord(program), 'watch', '-S', shellWord(socket)];
  return `#!/bin/sh\n# Written by claude-tmux: becomes the watcher of one tmux server.\ncd / && exec env -i ${words.join(' ')} </dev/null >/dev/null 2>&1\n`;
}

const CARRIED = [
  'HOME',
  'USER',
  'LOGNAME',
  'PATH',
  'SHELL',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TMPDIR',
  'TMUX_TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  'CLAUDE_CONFIG_DIR',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'NO_COLOR',
  // For a sync that waits for its session: git fetches as the user would.
  'SSH_AUTH_SOCK',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'HTTPS_PROXY',
  'https_proxy',
  'http_proxy',
  'ALL_PROXY',
  'NO_PROXY',
  'no_proxy',
  // For notifications on the desktop.
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'DBUS_SESSION_BUS_ADDRESS',
];
