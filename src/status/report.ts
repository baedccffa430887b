import type { AgentState } from './agentState.ts';

/** `status --format json`: keys are promises to users; what is not known is null. */
export interface StatusReport {
  readonly version: 1;
  readonly fleets: readonly FleetStatus[];
}

export interface FleetStatus {
  readonly name: string;
  /** Path of the layout file; null for a tmux session that is no fleet (`status --all`). */
  readonly layout: string | null;
  readonly strategy: string | null;
  /** Path of the tmux server's socket. */
  readonly socket: string;
  /** Why a fleet that lives on another machine cannot be seen from here; absent for every other fleet. */
  readonly away?: string;
  readonly sessions: readonly SessionStatus[];
}

/** True for a fleet of which something is on the screen, or which cannot be seen from here. */
export function isUp({ sessions, away }: FleetStatus): boolean {
  return away !== undefined || sessions.some(({ pane }) => pane !== null);
}

export interface SessionStatus {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly color: string;
  /** tmux pane id (`%3`); null when it is not on the screen. */
  readonly pane: string | null;
  /** tmux window id (`@1`). */
  readonly window: string | null;
  readonly path: string;
  /** Root of the tree (else the folder) its agent works in when that is not `path`: branch, changes and distance are of that one. Null otherwise. */
  readonly elsewhere?: string | null;
  /** Its CLAUDE_TMUX_PORT; null when the layout gives none out. */
  readonly port: number | null;
  readonly branch: string | null;
  /** What it stands at without a branch: a tag, else the beginning of the commit's id. Null on a branch. */
  readonly detached_at?: string | null;
  readonly base: string | null;
  /** Changed paths in all, each once. */
  readonly changes: number | null;
  readonly staged: number | null;
  readonly untracked: number | null;
  readonly conflicts: number | null;
  readonly ahead: number | null;
  readonly behind: number | null;
  /** `rebase`, `merge`, `cherry-pick`, `revert`, `bisect`, `am`; null when none is in progress. */
  readonly operation: string | null;
  /** ISO time of the last sync; null when there was none. */
  readonly synced_at: string | null;
  readonly agent: AgentStatus;
  readonly depends_on: readonly { readonly id: string; readonly until: string }[];
  /** Why this session could not be read; null when it could. */
  readonly error: string | null;
}

/** Its branch for people, `v1.2 (detached)` without one; null where nothing is known. */
export function describeBranch({
  branch,
  detached_at: at = null,
}: Pick<SessionStatus, 'branch' | 'detached_at'>): string | null {
  return branch ?? (at === null ? null : `${at} (detached)`);
}

export interface AgentStatus {
  readonly state: AgentState;
  /** ISO time since when the state holds. */
  readonly since: string | null;
  readonly detail: string | null;
  /** Where the state comes from: `hook`, `registry`, `process`, `launcher`, `screen`, `none`. */
  readonly source: string;
  /** Claude's conversation id. */
  readonly session_id: string | null;
  readonly model: string | null;
  readonly context_percent: number | null;
  readonly cost_usd: number | null;
}
