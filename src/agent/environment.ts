import type { Env, SessionPaths } from '../store/paths.ts';

/** Variables of one pane's program: set, and taken away. */
export interface PaneEnvironment {
  readonly exports: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
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
 * The environment of a pane: the tmux server's, with the PATH and Claude's folder of whoever ran `up` (a server may be days old and
 * know neither), the layout's own variables over that, and ours.
 */
export function paneEnvironment({ env, own, files }: { env: Env; own: Readonly<Record<string, string>>; files: SessionPaths }): PaneEnvironment {
  const carried = Object.fromEntries(CARRIED.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const exports: Record<string, string> = {
    ...carried,
    // `←` on an empty prompt would move the session to a daemon, under another id and out of its pane (2.1.197).
    CLAUDE_CODE_DISABLE_AGENT_VIEW: '1',
    ...own,
    CLAUDE_TMUX_SESSION_DIR: files.root,
  };
  return { exports, unset: [...CHILD_SESSION_VARIABLES, ...CARRIED].filter((name) => !(name in exports)) };
}
const CARRIED = ['PATH', 'CLAUDE_CONFIG_DIR'];
