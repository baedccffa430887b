/**
 * The names that the program, the plugin and users' own tmux.conf share. Hidden environment variables of the tmux server: formats
 * read them as `#{name}`, panes do not inherit them, and setting one repaints nothing (tmux 3.2 and newer).
 */
export const BAR_NAMES = {
  /** Selector for `status-left` and `status-right`: `#{E:claude_tmux}`. */
  everywhere: 'claude_tmux',
  /** Selector for the window list: `#{E:claude_tmux_window}`. */
  window: 'claude_tmux_window',
  /** Selector for a fleet's own line, in the environment of its tmux session: `#{E:claude_tmux_line}`. */
  line: 'claude_tmux_line',
  /** Seconds since 1970 at which somebody last stood behind the values. */
  heartbeat: 'claude_tmux_ts',
  /** Mark of each window, by its id. */
  map: 'claude_tmux_map',
} as const;

/** User options of tmux that say how the bar looks: `unicode`, `ascii` or `nerd`; `on` or `off`. */
export const BAR_OPTIONS = { marks: '@claude_tmux_marks', color: '@claude_tmux_color' } as const;

/** The data variable that holds the `at`-th text of a selector. */
export function textName(selector: string, at: number): string {
  return `${selector}_text_${at + 1}`;
}

/** True for a variable that a watcher sets; the plugin has others, which stay without one. */
export function isBarVariable(name: string): boolean {
  return Object.values<string>(BAR_NAMES).some(
    (known) => name === known || new RegExp(`^${known}_text_\\d+$`).test(name),
  );
}
