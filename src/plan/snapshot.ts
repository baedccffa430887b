import type { TmuxVersion } from './tmuxVersion.ts';

/** Everything `observe` read about the world, once, as data; `reconcile` decides from this and the layout alone. */
export interface Snapshot {
  readonly tmux: TmuxFacts;
  /** Trees by absolute path: every path the layout or the record names. */
  readonly trees: Readonly<Record<string, TreeState>>;
  /** Panes' agents by session id (the pane's `id`): every one the record knows. */
  readonly agents: Readonly<Record<string, AgentFacts>>;
  /** Shells in panes of `tmux.namesake` that stand at their prompt in one of `trees`, by pane id (`%12`). */
  readonly shells: Readonly<Record<string, BareShell>>;
}

export interface TmuxFacts {
  readonly version: TmuxVersion;
  /** Width and height, in cells, for new windows: the client's size less the status lines. */
  readonly size: { readonly columns: number; readonly rows: number };
  /** The global `status` option (`on`, `off`, `2` …); `on` when no server runs. */
  readonly status: string;
  /** Names of the server's option `update-environment`; absent when no server runs. */
  readonly updateEnvironment?: readonly string[];
  /** The global `window-size` option (`latest`, `manual` …); absent when no server runs. */
  readonly windowSize?: string;
  /** The tmux session that carries this fleet's uuid; null when there is none. */
  readonly session: TmuxSession | null;
  /** True when another tmux session has taken the fleet's session name. */
  readonly nameTaken: boolean;
  /** The tmux session of that name when it bears no fleet's mark and this fleet has none: perhaps restored after a reboot. */
  readonly namesake: TmuxSession | null;
}

export interface TmuxSession {
  /** `$3`. */
  readonly id: string;
  readonly name: string;
  /** True when it was given a status line of its own. */
  readonly hasLine: boolean;
  readonly windows: readonly TmuxWindow[];
}

export interface TmuxWindow {
  /** `@7`. */
  readonly id: string;
  readonly index: number;
  readonly active: boolean;
  readonly zoomed: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly panes: readonly TmuxPane[];
}

export interface TmuxPane {
  /** `%12`. */
  readonly id: string;
  /** Our `@claude_tmux_id`: the session id this pane was made for; null for a pane that is not ours. */
  readonly session: string | null;
  readonly active: boolean;
  readonly dead: boolean;
  /** Pid of the pane's first process (our launcher). */
  readonly pid: number;
}

/** A shell that is all its pane runs. */
export interface BareShell {
  /** `bash`, as tmux names it too. */
  readonly name: string;
  /** Path of the tree it stands in. */
  readonly tree: string;
  /** Where in it; '' at its root. */
  readonly dir: string;
}

export type TreeState =
  | { readonly kind: 'absent' }
  /** Whole and usable as it is, but for the checkout's work where it `lacksWork` that it was to get. `branch` is null when detached. */
  | {
      readonly kind: 'ready';
      readonly branch: string | null;
      readonly setupDone: boolean;
      readonly lacksWork?: boolean;
    }
  /** A folder that is not a clone of this repository; `why` completes "the folder … ". */
  | { readonly kind: 'foreign'; readonly why: string };

/** What is known of the process behind a pane. */
export interface AgentFacts {
  readonly alive: boolean;
  /** Exit code recorded by the launcher; null while it runs, or when it was killed together with its launcher. */
  readonly exit: number | null;
  /** True for an agent that failed as soon as it was started: that was not the user. */
  readonly early?: boolean;
  /** True when its conversation has had a prompt: it is resumed when the session is started. */
  readonly begun?: boolean;
  /** CLAUDE_CONFIG_DIR of its conversations ('' for `~/.claude`); null for a session that never started. */
  readonly account?: string | null;
}

/** What the fleet's record says of a session that was brought up before (a part of the record's entry). */
export interface KnownSession {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly key: string | null;
  readonly color: string;
  readonly path: string;
  readonly launchHash: string;
  /** True until its tree was made, or until the user has agreed to what it would run. */
  readonly asksFirst?: boolean;
  /** A task given and not begun. */
  readonly nextTask?: { readonly text: string } | null;
}
