import { childEnvironment, classOf, namesOf } from '../base/childEnvironment.ts';
import type { Env, SessionPaths } from '../store/paths.ts';
import type { Account } from './claudeFolders.ts';

/** Variables of one pane's program: set, and taken away. */
export interface PaneEnvironment {
  readonly exports: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Variables of the login that a later start, by key in the pane, takes from tmux's session environment. */
  readonly login: readonly string[];
}

/** Where a pane gets the variables of the user's login from (agent socket, display, …). */
export interface Login {
  /** Those that the tmux server takes from each client that attaches: its option `update-environment`. */
  readonly names: readonly string[];
  /** Of the caller's, those that are not used: a dead agent socket; all of them for who runs inside that server, where tmux knows newer ones. */
  readonly passedOver: readonly string[];
}

export interface PaneVariables {
  /** The caller's. */
  readonly env: Env;
  /** The layout's. */
  readonly own: Readonly<Record<string, string>>;
  /** The Claude account it runs in. */
  readonly account: Account;
  /** The session's port; null for none. */
  readonly port: number | null;
  readonly login: Login;
  readonly files: SessionPaths;
}

/**
 * The environment of a pane: the tmux server's, cleaned of what belongs to some process (base/childEnvironment.ts), with PATH and login of
 * whoever starts it (a server may be days old and know neither), the layout's own variables over that, and ours.
 */
export function paneEnvironment({ env, own, account, port, login, files }: PaneVariables): PaneEnvironment {
  const loginVariables = loginNames(env, login.names).filter((name) => !(name in own));
  const fresh = [...namesOf('path'), ...loginVariables.filter((name) => !login.passedOver.includes(name))];
  const caller = childEnvironment('quiet', env);
  const exports: Record<string, string> = {
    ...Object.fromEntries(
      fresh.flatMap((name) => (caller[name] === undefined || caller[name] === '' ? [] : [[name, caller[name]]])),
    ),
    // `←` on an empty prompt would move the session to a daemon, under another id and out of its pane (2.1.197).
    CLAUDE_CODE_DISABLE_AGENT_VIEW: '1',
    ...ownEnvironment({ own, account, port }),
    CLAUDE_TMUX_SESSION_DIR: files.root,
  };
  return {
    exports,
    unset: [...fresh, 'CLAUDE_CONFIG_DIR'].filter((name) => !(name in exports)),
    login: loginVariables,
  };
}

/** What a session adds to any environment its programs run in, those of `exec` and `shell` too. */
export function ownEnvironment({
  own,
  account,
  port,
}: Pick<PaneVariables, 'own' | 'account' | 'port'>): Record<string, string> {
  const rest = Object.fromEntries(Object.entries(own).filter(([name]) => name !== 'CLAUDE_CONFIG_DIR'));
  return {
    ...rest,
    ...(account === '' ? {} : { CLAUDE_CONFIG_DIR: account }),
    ...(port === null ? {} : { CLAUDE_TMUX_PORT: String(port) }),
  };
}

/** The server's names may have patterns, as `LC_*`; of the caller's variables those count that no other class has. */
export function loginNames(env: Env, patterns: readonly string[]): readonly string[] {
  const named = [
    ...namesOf('login'),
    ...patterns.filter((pattern) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(pattern)),
    ...Object.keys(env).filter((name) => patterns.some((pattern) => isLike(name, pattern))),
  ];
  return [...new Set(named)].filter((name) => ['login', 'user'].includes(classOf(name, env)));
}

function isLike(name: string, pattern: string): boolean {
  return (
    pattern.endsWith('*') &&
    pattern.length > 1 &&
    name.startsWith(pattern.slice(0, -1)) &&
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
  );
}
