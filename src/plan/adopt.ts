import { treeOwnerId, type Pane } from '../layout/layout.ts';
import type { ReconcileInput } from './reconcile.ts';
import type { BareShell, Snapshot, TmuxPane, TmuxSession } from './snapshot.ts';
import type { Plan } from './step.ts';

/** A pane that tmux-resurrect (or a hand) brought back as a shell in one of the fleet's trees. */
export interface Restored {
  readonly pane: TmuxPane;
  readonly shell: BareShell;
}

/** A tmux session that is taken as the fleet's, though it bears no mark. */
export interface Adoption {
  readonly session: TmuxSession;
  /** By session id. */
  readonly panes: ReadonlyMap<string, Restored>;
  /** A pane that tells it is the fleet's, once it is adopted. */
  readonly first: { readonly pane: string; readonly paneId: string };
}

/**
 * tmux-resurrect brings sessions, windows, panes and folders back, and no option: nothing tells that they were ours but the
 * session's name and where its shells stand. Null unless a shell with nothing below it stands in a whole clone or worktree of a
 * session that the record knows. A checkout of the user's (isolation `shared`) is no proof: his own shells stand there too.
 */
export function findAdoption({
  layout,
  snapshot,
  known,
}: Pick<ReconcileInput, 'layout' | 'snapshot' | 'known'>): Adoption | null {
  const session = snapshot.tmux.namesake;
  if (session === null || snapshot.tmux.session !== null) return null;
  const panes = matchPanes(
    layout.panes.filter((pane) => known.some(({ id }) => id === pane.id)),
    restoredPanes(session, snapshot),
    { layout, snapshot },
  );
  const before = adoptedBefore(session, layout.panes);
  const [first] = [
    ...before,
    ...[...panes].map(
      ([
        pane,
        {
          pane: { id },
        },
      ]) => ({ pane, paneId: id }),
    ),
  ];
  return first === undefined ? null : { session, panes, first };
}

/** Panes that an adoption cut off in the middle has left: they are ours by their mark. */
function adoptedBefore(session: TmuxSession, panes: readonly Pane[]): Adoption['first'][] {
  return panesOf(session).flatMap(({ id, session: pane }) =>
    pane !== null && panes.some((each) => each.id === pane) ? [{ pane, paneId: id }] : [],
  );
}

/** The session as it is once it is adopted. */
export function adoptedSession({ session, panes }: Adoption): TmuxSession {
  const ids = new Map([...panes].map(([id, { pane }]) => [pane.id, id]));
  return {
    ...session,
    windows: session.windows.map((window) => ({
      ...window,
      panes: window.panes.map((pane) => ({ ...pane, session: ids.get(pane.id) ?? pane.session })),
    })),
  };
}

/** `$3` of the session that a plan works in; null when it makes one. */
export function sessionIdOf(plan: Plan, { tmux }: Snapshot): string | null {
  return tmux.session?.id ?? plan.steps.find((step) => step.kind === 'adopt-session')?.sessionId ?? null;
}

function restoredPanes(session: TmuxSession, { shells }: Snapshot): Restored[] {
  return panesOf(session).flatMap((pane) => {
    const shell = shells[pane.id];
    return shell === undefined || pane.session !== null || pane.dead ? [] : [{ pane, shell }];
  });
}

function panesOf({ windows }: TmuxSession): TmuxPane[] {
  return windows.flatMap((window) => window.panes);
}

/** Each pane gets the shell that stands where it starts, else one elsewhere in its tree; those of one tree in the order of the layout. */
function matchPanes(
  panes: readonly Pane[],
  restored: readonly Restored[],
  { layout, snapshot }: Pick<ReconcileInput, 'layout' | 'snapshot'>,
): Map<string, Restored> {
  const found = new Map<string, Restored>();
  const onScreen = new Set(
    snapshot.tmux.namesake?.windows.flatMap((window) => window.panes.map((pane) => pane.session)),
  );
  const match = (fits: (pane: Pane, shell: BareShell) => boolean): void => {
    for (const pane of panes) {
      if (found.has(pane.id) || onScreen.has(pane.id)) continue;
      const one = restored.find((each) => ![...found.values()].includes(each) && fits(pane, each.shell));
      if (one !== undefined) found.set(pane.id, one);
    }
  };
  const stands = (pane: Pane, shell: BareShell): boolean => shell.tree === wholeTree(layout.panes, pane, snapshot);
  match((pane, shell) => stands(pane, shell) && shell.dir === pane.dir);
  match(stands);
  return found;
}

/** Path of the clone or worktree that a pane works in, when that is whole. */
function wholeTree(panes: readonly Pane[], pane: Pane, { trees }: Snapshot): string | null {
  const owner = panes.find(({ id }) => id === treeOwnerId(pane));
  if (owner?.tree.kind !== 'own') return null;
  const { path } = owner.tree.spec;
  return trees[path]?.kind === 'ready' ? path : null;
}
