import type { Layout, Pane, TreeSpec } from '../../src/layout/layout.ts';
import type { Intent } from '../../src/plan/reconcile.ts';
import type { Snapshot, TmuxPane, TmuxSession } from '../../src/plan/snapshot.ts';
import type { TmuxVersion } from '../../src/plan/tmuxVersion.ts';

/** A decided layout of the given panes; the rest is plain. */
export function layoutOf(panes: readonly Partial<Pane>[], rest: Partial<Layout> = {}): Layout {
  return {
    name: 'shop',
    session: 'shop',
    strategy: 'component',
    isolation: 'clone',
    checkout: '/src/shop',
    repo: 'https://example.com/shop.git',
    workspace: '/ws',
    arrange: { kind: 'named', name: 'tiled' },
    ports: null,
    agentsMay: [],
    notify: { channels: [], after: 3, doneAfter: 60, cooldown: 60 },
    sync: { strategy: 'auto' },
    panes: panes.map((pane, at) => paneOf({ number: at + 1, ...pane })),
    inactive: [],
    ...rest,
  };
}

export function specOf(id: string, rest: Partial<TreeSpec> = {}): TreeSpec {
  return {
    path: `/ws/${id}`,
    repo: 'https://example.com/shop.git',
    branch: `feature/${id}`,
    base: { kind: 'default' },
    setup: [],
    include: [],
    link: [],
    ...rest,
  };
}

function paneOf(pane: Partial<Pane>): Pane {
  const id = pane.id ?? `p${pane.number ?? 0}`;
  return {
    id,
    idWritten: true,
    number: 1,
    name: id,
    key: 'frontend',
    color: 'blue',
    tree: { kind: 'own', spec: specOf(id) },
    dir: '',
    work: { kind: 'command', run: 'sleep 1' },
    env: {},
    dependsOn: [],
    owns: [],
    urgency: 0,
    ...pane,
  };
}

/** A world with a tmux of version 3.3a and nothing else in it, but for what is given. */
export function snapshotOf(
  facts: {
    readonly session?: TmuxSession | null;
    readonly nameTaken?: boolean;
    readonly namesake?: TmuxSession | null;
    readonly shells?: Snapshot['shells'];
    readonly trees?: Snapshot['trees'];
    readonly agents?: Snapshot['agents'];
    readonly windowSize?: string;
    readonly version?: TmuxVersion;
  } = {},
): Snapshot {
  const {
    windowSize,
    version = { text: '3.3a', major: 3, minor: 3, patch: 'a' },
    session = null,
    nameTaken = false,
    namesake = null,
    shells = {},
    trees = {},
    agents = {},
  } = facts;
  return {
    tmux: {
      version,
      size: { columns: 200, rows: 49 },
      status: 'on',
      session,
      nameTaken,
      namesake,
      ...(windowSize === undefined ? {} : { windowSize }),
    },
    trees,
    agents,
    shells,
  };
}

/** A session with one window that has these panes. */
export function sessionOf(
  panes: readonly Partial<TmuxPane>[],
  window: { readonly zoomed?: boolean } = {},
): TmuxSession {
  const all = panes.map((pane, at) => ({
    id: `%${at}`,
    session: null,
    active: at === 0,
    dead: false,
    pid: 100 + at,
    ...pane,
  }));
  return {
    id: '$1',
    name: 'shop',
    hasLine: true,
    windows: [{ id: '@1', index: 0, active: true, zoomed: window.zoomed ?? false, columns: 200, rows: 49, panes: all }],
  };
}

export const READY = (branch: string | null): Snapshot['trees'][string] => ({ kind: 'ready', branch, setupDone: true });

export const ALL: Intent = { only: null, fromHere: false, launchHashes: {} };
