/** Place of our hooks in tmux's arrays of hooks: nobody else's, so ours come and go alone and never twice. */
const INDEX = 9137;
/** The `wait-for` channel that they signal. */
export const CHANNEL = 'claude_tmux_watch';

/** What changes who shows what. A hook that this tmux does not know is refused by itself; all of these are in 3.2. */
const SESSION_HOOKS = [
  'client-attached',
  'client-detached',
  'client-session-changed',
  'session-created',
  'session-closed',
  'session-renamed',
  'session-window-changed',
  'window-linked',
  'window-unlinked',
];
const WINDOW_HOOKS = ['window-pane-changed', 'window-layout-changed', 'pane-exited', 'pane-died'];
const HOOKS = [...SESSION_HOOKS, ...WINDOW_HOOKS];

/** tmux commands, a line each: a hook costs no process, and the watcher's blocked client wakes three milliseconds later. */
export const SET_HOOKS: readonly string[] = HOOKS.map(
  (name) => `set-hook -g '${name}[${INDEX}]' 'wait-for -S ${CHANNEL}'`,
);

export const UNSET_HOOKS: readonly string[] = HOOKS.map((name) => `set-hook -gu '${name}[${INDEX}]'`);

/** Ends the blocked client that a killed watcher has left; our own looks once more. */
export const WAKE = `wait-for -S ${CHANNEL}`;
