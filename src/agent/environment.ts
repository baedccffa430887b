import type { Env, SessionPaths } from '../store/paths.ts';
import type { Account } from './claudeFolders.ts';

/** Variables of one pane's program: set, and taken away. */
export interface PaneEnvironment {
  readonly exports: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

export interface PaneVariables {
  readonly env: Env;
  /** The layout's. */
  readonly own: Readonly<Record<string, string>>;
  /** The Claude account it runs in. */
  readonly account: Account;
  /** The session's port; null for none. */
  readonly port: number | null;
  readonly files: SessionPaths;
}

/**
 * What a claude leaves to the processes it starts. With CLAUDE_CODE_CHILD_SESSION a further claude keeps no transcript and no
 * registry file and cannot be resumed (2.1.197), so `up` run by an agent would make agents that are lost.
 */
export const CHILD_SESSION_VARIABLES: readonly string[] = [
  'CLAUDECODE',
  'CLAUDE_CODE_CHILD_SESSION',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_PROJECT_DIR',
  'CLAUDE_PLUGIN_ROOT',
  'CLAUDE_ENV_FILE',
  'CLAUDE_EFFORT',
  'AI_AGENT',
];

/**
 * The environment of a pane: the tmux server's, with the PATH of whoever ran `up` (a server may be days old and not know it), the layout's own variables over that, and ours.
 */
export function paneEnvironment({ env, account, own, port, files }: PaneVariables): PaneEnvironment {
  const carried = Object.fromEntries(CARRIED.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const exports: Record<string, string> = {
    ...carried,
    // `←` on an empty prompt would move the session to a daemon, under another id and out of its pane (2.1.197).
    CLAUDE_CODE_DISABLE_AGENT_VIEW: '1',
    ...own,
    ...(account === '' ? {} : { CLAUDE_CONFIG_DIR: account }),
    ...(port === null ? {} : { CLAUDE_TMUX_PORT: String(port) }),
    CLAUDE_TMUX_SESSION_DIR: files.root,
  };
  // The account's folder is the session's; an empty value of the layout's means `~/.claude`.
  if (account === '') delete exports['CLAUDE_CONFIG_DIR'];
  return { exports, unset: [...CHILD_SESSION_VARIABLES, ...CARRIED, 'CLAUDE_CONFIG_DIR', 'CLAUDE_TMUX_PORT'].filter((name) => !(name in exports)) };
}
const CARRIED = ['PATH'];
