import type { FleetStatus } from '../status/report.ts';

/** How the bar is drawn, from the user's options. */
export interface BarStyle {
  readonly marks: 'unicode' | 'ascii' | 'nerd';
  /** False under NO_COLOR: states differ by their marks all the same. */
  readonly color: boolean;
}

/** One fleet, or the Claude sessions of a tmux session that is no fleet, as the bar gets it. */
export interface BarFleet {
  readonly status: FleetStatus;
  /** `$3`, the tmux session that shows it; null when it is down. */
  readonly tmuxSession: string | null;
  /** Index of each window by its id (`@1`): what a click range names. */
  readonly windowIndexes: Readonly<Record<string, number>>;
  /** Id of the window in which a click can select a pane; null where this tmux has no such click. */
  readonly paneClicks: string | null;
}

/** A hidden environment variable of the tmux server; `scope` is a tmux session (`$3`), or null for the global environment. */
export interface BarVariable {
  readonly scope: string | null;
  readonly name: string;
  readonly value: string;
}
