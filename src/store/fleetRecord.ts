import type { Strategy, SyncSettings } from '../layout/layout.ts';
import type { Machine } from './machine.ts';

/** `fleet.json`: what the commands know of a fleet from any folder and after a reboot. Written under the fleet's lock, atomically. */
export interface FleetRecord {
  readonly version: 1;
  readonly uuid: string;
  readonly name: string;
  /** tmux session name. */
  readonly session: string;
  /** Path of the tmux server's socket. */
  readonly socket: string;
  /** Where it was last brought up: paths, socket and pids are that machine's. Null in records written before it was kept: this one. */
  readonly machine: Machine | null;
  readonly strategy: Strategy;
  readonly repo: string;
  readonly checkout: string | null;
  /** The layout file, absolute. */
  readonly layout: string;
  readonly workspace: string;
  /** The task given to `up LAYOUT "text"`; null when none was. */
  readonly task: string | null;
  /** Approvals (agent/mcp.ts) of MCP servers in the checkout that the user passed on to the clones; null when not asked yet. */
  readonly mcpServers: readonly string[] | null;
  /** Whether new clones get the checkout's `.claude/settings.local.json`; null when not asked yet, and in records written before it was. */
  readonly localSettings: boolean | null;
  /** ISO time. */
  readonly createdAt: string;
  readonly sessions: readonly SessionRecord[];
  /** Sessions that `add` brought in, each in the form of a layout's pane; none in records written before there were any. */
  readonly added: readonly Readonly<Record<string, unknown>>[];
  /** Sessions that were closed, oldest first, and are not among `sessions` (or are again, made anew); `up` leaves them closed. */
  readonly closed: readonly ClosedSession[];
}

export interface SessionRecord {
  readonly id: string;
  readonly number: number;
  /** The label as shown. */
  readonly name: string;
  /** The layout's label that `rename` put this one over; null when the label is the layout's. */
  readonly renamedFrom: string | null;
  readonly key: string | null;
  readonly color: string;
  readonly kind: 'agent' | 'command' | 'placeholder';
  /** True when Claude Code runs in it (its registry and transcripts apply). */
  readonly isClaude: boolean;
  /** Absolute root of the tree it works in; `owner` is the id of the session whose tree it is, null for the user's checkout. */
  readonly path: string;
  readonly owner: string | null;
  readonly branch: string | null;
  /** Branch that ahead/behind are counted against when there is no upstream; null for the remote's HEAD. */
  readonly base: string | null;
  /** Id of the session whose branch tip this one starts from and is kept in step with (stages); null in records written before it was kept. */
  readonly baseOf: string | null;
  /** Hash of what its launch file was made of: another hash after an edit means "changed, restart to apply". */
  readonly launchHash: string;
  /** Claude's conversation id given at the first start; null for commands. */
  readonly conversation: string | null;
  /** CLAUDE_CONFIG_DIR of the account its conversations are in, absolute; '' for `~/.claude`; null without Claude, and in records written before it was kept. */
  readonly account: string | null;
  /** Its CLAUDE_TMUX_PORT, no other session's of any fleet; null without `ports` in the layout, and in records written before there were any. */
  readonly port: number | null;
  /** The task that `task` gave it; null while it works on the layout's. */
  readonly task: SessionTask | null;
  /** One that is given and not begun: the tree is not on its branch, or nobody has noted that it is. `up` begins it. */
  readonly nextTask: SessionTask | null;
  /** True while its tree has content from upstream that the user has not agreed to run: written before it is made, gone with the answer. */
  readonly asksFirst?: boolean;
  /** ISO time at which its branch last had all its base has; null when it was never synced, and in records written before there was any. */
  readonly syncedAt: string | null;
  /** How it is to be synced as soon as it is idle and clean; null when nobody asked for that. */
  readonly syncWhenIdle: SyncSettings['strategy'] | null;
  readonly dependsOn: readonly { readonly id: string; readonly until: string }[];
}

/** The next task in the same clone. */
export interface SessionTask {
  readonly text: string;
  readonly branch: string;
  /** The new conversation's id. */
  readonly conversation: string;
}

export interface ClosedSession {
  readonly session: SessionRecord;
  /** ISO time. */
  readonly at: string;
  /** `<id>-<time>`: names its archive, and the folder that its launch file is kept in. */
  readonly slot: string;
  /** Where its tree was put, absolute; null when it had none of its own. */
  readonly archive: string | null;
  /** Inode of the tree's folder, by which it is known in either place; 0 for none, and once it is no longer whole. */
  readonly inode: number;
}
