import type { Pane, TreeSpec } from '../layout/layout.ts';

/**
 * One thing `up` will do. Steps are data: the executor carries no decision logic, and the text of the plan is the dry run.
 * `needs` are ids of earlier steps; when one of those ends badly this step is not tried.
 */
export type Step = StepFrame & (TreeAction | PaneAction);
export type TreeStep = StepFrame & TreeAction;
export type PaneStep = StepFrame & PaneAction;

interface StepFrame {
  /** From 1, in the order of execution. */
  readonly id: number;
  /** What it acts on, as the plan's text names it: `clone api`, `pane api`, `window 2`, `session shop`. */
  readonly target: string;
  /** Why: completes "because …". */
  readonly cause: string;
  readonly needs: readonly number[];
}

/** What happens to files: mirrors, clones, worktrees. */
export type TreeAction =
  | { readonly kind: 'fetch-mirror'; readonly repo: string; readonly checkout: string | null }
  | {
      readonly kind: 'make-clone';
      readonly pane: string;
      readonly spec: TreeSpec;
      readonly basePath: string | null;
      readonly checkout: string | null;
    }
  | { readonly kind: 'make-worktree'; readonly pane: string; readonly spec: TreeSpec; readonly checkout: string }
  | {
      readonly kind: 'begin-task';
      readonly pane: string;
      readonly spec: TreeSpec;
      readonly basePath: string | null;
      readonly checkout: string | null;
    }
  | { readonly kind: 'bring-work'; readonly pane: string; readonly spec: TreeSpec; readonly checkout: string }
  | { readonly kind: 'copy-files'; readonly pane: string; readonly spec: TreeSpec; readonly checkout: string }
  | { readonly kind: 'run-setup'; readonly pane: string; readonly spec: TreeSpec };

/** What happens in tmux: these become one batch. */
export type PaneAction =
  | { readonly kind: 'create-session'; readonly pane: string; readonly window: WindowSpec; readonly hold: boolean }
  | { readonly kind: 'create-window'; readonly pane: string; readonly window: WindowSpec; readonly hold: boolean }
  | { readonly kind: 'create-pane'; readonly pane: string; readonly window: WindowRef; readonly hold: boolean }
  | { readonly kind: 'respawn-pane'; readonly pane: string; readonly paneId: string; readonly hold: boolean }
  /** A restored pane: only while its first process is still this one and nothing else stands before it. */
  | {
      readonly kind: 'adopt-pane';
      readonly pane: string;
      readonly paneId: string;
      readonly pid: number;
      readonly shell: string;
      readonly hold: boolean;
    }
  /** A restored session becomes the fleet's once `paneId` is its pane `pane`. */
  | { readonly kind: 'adopt-session'; readonly sessionId: string; readonly pane: string; readonly paneId: string }
  | { readonly kind: 'relabel-pane'; readonly pane: string; readonly paneId: string }
  | { readonly kind: 'arrange-window'; readonly window: WindowRef; readonly layout: string }
  /** A status line of its own for a session that was made without one. */
  | { readonly kind: 'add-line'; readonly sessionId: string };

export interface WindowSpec {
  /** Number of the window within this plan, from 1; `create-pane` refers to it. */
  readonly window: number;
  readonly name: string;
  readonly color: string;
}

/** A window made by this plan, or one that exists (`@7`). */
export type WindowRef = { readonly window: number } | { readonly windowId: string };

export interface Plan {
  readonly fleet: string;
  readonly session: string;
  readonly size: { readonly columns: number; readonly rows: number };
  readonly steps: readonly Step[];
  /** Things seen that `up` reports and does not touch: a changed pane, a removed one, an agent the user ended. */
  readonly notes: readonly string[];
  /** Reasons why nothing may be done, one sentence each: a foreign folder in a clone's place, a session name that is taken. */
  readonly problems: readonly string[];
  /** The panes of the layout by id, for the executor. */
  readonly panes: Readonly<Record<string, Pane>>;
}

const PANE_KINDS: ReadonlySet<Step['kind']> = new Set([
  'create-session',
  'create-window',
  'create-pane',
  'respawn-pane',
  'adopt-pane',
  'adopt-session',
  'relabel-pane',
  'arrange-window',
  'add-line',
]);

/** True for steps that happen in tmux. */
export function isPaneStep(step: Step): step is PaneStep {
  return PANE_KINDS.has(step.kind);
}

/** True for steps that make or mend a folder. */
export function isTreeStep(step: Step): step is TreeStep {
  return !PANE_KINDS.has(step.kind);
}
