import { BAR_NAMES } from '../bar/names.ts';

/**
 * What the plugin puts into a tmux server, by name: the one place. tmux-plugin/plugin.sh and docs/plugin.md say the same, a test
 * holds them to it.
 */

/** Options that users set; what the program reads and nothing writes. */
export const OPTIONS = { program: '@claude_tmux_bin', auto: '@claude_tmux_auto' } as const;

export type KeyAction = 'next' | 'menu' | 'dashboard';

export interface KeySpec {
  readonly action: KeyAction;
  /** Option that names another key, or `none`. */
  readonly option: string;
  /** In the prefix table; none of tmux's own up to 3.7, nor of TPM. */
  readonly key: string;
  readonly means: string;
}

export const KEYS: readonly KeySpec[] = [
  {
    action: 'next',
    option: '@claude_tmux_key_next',
    key: 'N',
    means: 'go to the session that has waited longest for you',
  },
  { action: 'menu', option: '@claude_tmux_key_menu', key: 'A', means: 'menu of the sessions' },
  { action: 'dashboard', option: '@claude_tmux_key_dashboard', key: 'F', means: 'all sessions, live, in a popup' },
];

/** The key that builds the program; bound by plugin.sh while there is none, and taken off by the first load that succeeds. */
export const BUILD_KEY = 'B';

/** A user who places this anywhere has placed the bar. */
export const PLACEHOLDER = `#{E:${BAR_NAMES.everywhere}}`;

/** Put at the front of `status-right`: nothing while the bar has nothing to say, else that and a blank. */
export const FRAGMENT = `${PLACEHOLDER}#{?${BAR_NAMES.everywhere}, ,}`;

/** Hidden variable: says that the plugin is loaded, and which keys it has bound. */
export const LOADED = 'claude_tmux_plugin';

/** Hidden variable: what the last load had to say, so that it is said once. */
export const SAID = 'claude_tmux_said';

/** A fixed place in each hook's list, so that a hundred loads leave one; 9137 is the watcher's. */
export const HOOK_INDEX = 9138;
export const WATCH_HOOK_INDEX = 9137;
/** Says, once, to the first who attaches what a load had to say while nobody was there. */
export const SAY_HOOK = 'client-attached[9139]';

/** What brings a dead watcher back: somebody comes to look, or something to look at comes. */
export const HOOKS = ['client-attached', 'session-created'] as const;
