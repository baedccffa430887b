/**
 * The normal form of a layout: everything decided, nothing short-hand. Nothing below `normalize` sees the written form.
 * All paths are absolute; all text is what the user wrote, unescaped (escaping happens where text meets tmux or sh).
 */
export const STRATEGIES = ['component', 'task', 'priority', 'stage'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export const ISOLATIONS = ['clone', 'worktree', 'shared'] as const;
export type Isolation = (typeof ISOLATIONS)[number];

export const ARRANGEMENTS = ['windows', 'tiled', 'columns', 'rows', 'main-left', 'main-top'] as const;
export type NamedArrangement = (typeof ARRANGEMENTS)[number];

/** `auto` is settled when the terminal's size is known: `preferred` when each pane gets 80×24, else `windows`. */
export type Arrange =
  | { readonly kind: 'auto'; readonly preferred: NamedArrangement }
  | { readonly kind: 'named'; readonly name: NamedArrangement }
  /** A tmux layout string, checksum already verified. */
  | { readonly kind: 'custom'; readonly layout: string };

/** `manual` is a newer name of `default` (Claude Code 2.1.332). */
export const PERMISSION_MODES = [
  'acceptEdits',
  'auto',
  'bypassPermissions',
  'default',
  'dontAsk',
  'manual',
  'plan',
] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number];

/** The commands that an agent may give only where the layout's `agents_may` names them. */
export const AGENT_COMMANDS = ['send', 'task', 'land', 'close', 'prune', 'start', 'add', 'down'] as const;
export type AgentCommand = (typeof AGENT_COMMANDS)[number];

export interface Layout {
  /** The fleet's name as shown. */
  readonly name: string;
  /** The tmux session's name: `name` in the characters that are safe in every tmux target. */
  readonly session: string;
  readonly strategy: Strategy;
  readonly isolation: Isolation;
  /** Root of the checkout the user stands in; null outside any. */
  readonly checkout: string | null;
  /** URL, scp-form or absolute path that clones are made of. */
  readonly repo: string;
  /** Folder that holds the clones (isolation clone and worktree). */
  readonly workspace: string;
  readonly arrange: Arrange;
  readonly ports: { readonly base: number; readonly step: number } | null;
  readonly notify: NotifySettings;
  readonly sync: SyncSettings;
  /** What agents of this fleet may do to its sessions; nothing of that by default. */
  readonly agentsMay: readonly AgentCommand[];
  /** In the strategy's order; `number` is the place in this list, from 1. */
  readonly panes: readonly Pane[];
  /** Parts of this layout that this version does not act on yet, one sentence each; `up` prints them. */
  readonly inactive: readonly string[];
}

export interface Pane {
  readonly id: string;
  /** True when the user wrote `id:`; a slug of the name otherwise. */
  readonly idWritten: boolean;
  readonly number: number;
  /** The label. */
  readonly name: string;
  /** Value of the strategy's key; null for a `run` pane without one. */
  readonly key: string | null;
  /** A tmux colour name: `blue`, `brightred`, `colour208`, `#rrggbb`. */
  readonly color: string;
  readonly tree: Tree;
  /** Sub-folder of the tree where the pane starts, relative, '' for the root. */
  readonly dir: string;
  readonly work: Work;
  /** Values with `${VAR}` already taken; secret: never printed. */
  readonly env: Readonly<Record<string, string>>;
  readonly dependsOn: readonly Dependency[];
  readonly owns: readonly string[];
  /** Lower is dropped first in a narrow bar and notified less loudly; 0 normal. */
  readonly urgency: number;
}

/** Where a pane works. */
export type Tree =
  /** A clone or worktree of its own. */
  | { readonly kind: 'own'; readonly spec: TreeSpec }
  /** The tree of another pane. */
  | { readonly kind: 'of'; readonly id: string }
  /** The user's own checkout (isolation shared), or no repository at all. */
  | { readonly kind: 'checkout'; readonly path: string };

/** Id of the pane whose tree a pane works in: its own, or the one it shares (never a further one: `of` names the owner). */
export function treeOwnerId(pane: Pick<Pane, 'id' | 'tree'>): string {
  return pane.tree.kind === 'of' ? pane.tree.id : pane.id;
}

export interface TreeSpec {
  /** `<workspace>/<id>`. */
  readonly path: string;
  readonly repo: string;
  readonly branch: string;
  readonly base: Base;
  /** Shell commands, run once in the new tree, in order. */
  readonly setup: readonly string[];
  /** Globs of git-ignored files copied from the checkout. */
  readonly include: readonly string[];
  /** Globs of git-ignored files linked from the checkout. */
  readonly link: readonly string[];
}

/** Where a new branch starts. */
export type Base =
  | { readonly kind: 'default' }
  | { readonly kind: 'branch'; readonly name: string }
  /** The branch tip of another pane's tree (strategy stage). */
  | { readonly kind: 'pane'; readonly id: string };

export type Work =
  | AgentWork
  /** A command of the user's, run by `sh -c`; '' is the user's shell. */
  | { readonly kind: 'command'; readonly run: string }
  /** A row that waits for a claude.ai/code session's id (`teleport: ask`). */
  | { readonly kind: 'placeholder' };

export interface AgentWork {
  readonly kind: 'agent';
  /** Program and leading words, e.g. `['claude']` or `['mise', 'x', '--', 'claude']`. */
  readonly command: readonly string[];
  /** True when the program is Claude Code: only then are its flags used. */
  readonly isClaude: boolean;
  readonly args: readonly string[];
  readonly model: string | null;
  readonly permissionMode: PermissionMode | null;
  readonly effort: string | null;
  /** Claude's renderer: the whole screen, or tmux's scrollback; null leaves it to the user's settings. */
  readonly fullscreen: boolean | null;
  readonly remoteControl: boolean;
  readonly mcpConfig: readonly string[];
  /** What the agent is told at its first start, templates applied; null for nothing. May still hold `{{handoff}}`. */
  readonly prompt: string | null;
  /** Id of a claude.ai/code session to teleport. */
  readonly teleport: string | null;
}

/** True for a pane whose first start, or whose key, starts Claude Code. */
export function startsClaude({ work }: Pick<Pane, 'work'>): boolean {
  return work.kind === 'placeholder' || (work.kind === 'agent' && work.isClaude);
}

export const UNTIL = ['done', 'ready', 'planned', 'committed', 'pushed', 'merged', 'handoff'] as const;
export interface Dependency {
  readonly id: string;
  readonly until: (typeof UNTIL)[number] | { readonly file: string } | { readonly command: string };
}

export interface NotifySettings {
  readonly channels: readonly string[];
  /** Seconds a need must last before it is told. */
  readonly after: number;
  /** Seconds a turn must have lasted for its end to be told. */
  readonly doneAfter: number;
  /** Seconds between two notifications of one session. */
  readonly cooldown: number;
}

export const SYNC_STRATEGIES = ['auto', 'rebase', 'merge', 'ff-only'] as const;
export interface SyncSettings {
  readonly strategy: (typeof SYNC_STRATEGIES)[number];
}
