import type { BarFleet } from '../../src/bar/bar.ts';
import type { AgentState } from '../../src/status/agentState.ts';
import type { FleetStatus, SessionStatus } from '../../src/status/report.ts';

/** The moment the tests look at the bar: 2026-11-25T10:00:00Z. */
export const NOW = Date.parse('2026-11-25T10:00:00Z');

export type Told = Partial<Omit<SessionStatus, 'agent'>> & { readonly state?: AgentState; readonly waits?: number };

/** A session as `status` reads it; `waits` is for how many minutes its state has held. */
function sessionOf({ state = 'working', waits = 4, ...told }: Told = {}): SessionStatus {
  const since = new Date(NOW - waits * 60_000).toISOString();
  return {
    id: 'api',
    number: 1,
    name: 'Backend',
    color: 'green',
    pane: '%0',
    window: '@0',
    path: '/w/api',
    branch: 'feature/api',
    base: 'main',
    changes: 0,
    staged: 0,
    untracked: 0,
    conflicts: 0,
    ahead: 0,
    behind: 0,
    operation: null,
    synced_at: null,
    depends_on: [],
    error: null,
    port: null,
    ...told,
    agent: {
      state,
      since,
      detail: null,
      source: 'hook',
      session_id: null,
      model: null,
      context_percent: null,
      cost_usd: null,
    },
  };
}

/** Sessions numbered from 1, each in a window of its own. */
export function fleetOf(sessions: readonly Told[], told: Partial<FleetStatus> = {}): FleetStatus {
  const numbered = sessions.map((session, at) =>
    sessionOf({
      id: `s${at + 1}`,
      number: at + 1,
      name: `Session ${at + 1}`,
      pane: `%${at}`,
      window: `@${at}`,
      ...session,
    }),
  );
  return { name: 'shop', layout: '/shop.yaml', strategy: 'component', socket: '/tmp/s', ...told, sessions: numbered };
}

/** The fleet as it is shown by tmux session `$0`, window `@N` at index N. */
export function barFleet(status: FleetStatus, more: Partial<BarFleet> = {}): BarFleet {
  const windowIndexes = Object.fromEntries(
    status.sessions.flatMap(({ window }) => (window === null ? [] : [[window, Number(window.slice(1))]])),
  );
  return { status, tmuxSession: '$0', windowIndexes, paneClicks: null, ...more };
}

/** What people see every day: each kind of state and fact once. */
export const DAY: FleetStatus = fleetOf([
  { name: 'Frontend - Dark Mode', color: 'blue', branch: 'feature/frontend-dark-mode', changes: 3, ahead: 2 },
  {
    name: 'Backend - Auth API',
    color: 'green',
    branch: 'feature/api',
    state: 'permission',
    changes: 12,
    ahead: 1,
    behind: 4,
  },
  {
    name: 'Tests',
    color: 'yellow',
    branch: 'feature/tests',
    state: 'done',
    changes: 1,
    conflicts: 1,
    operation: 'rebase',
  },
  { name: 'Docs', color: 'magenta', branch: 'feature/docs', state: 'idle' },
  {
    name: 'Dev server',
    color: 'colour244',
    branch: null,
    changes: null,
    staged: null,
    untracked: null,
    conflicts: null,
    ahead: null,
    behind: null,
    state: 'running',
  },
]);

/** The text as it is read on the screen: without styles, doubled `#` taken back. */
export function plain(text: string): string {
  return text.replace(/##|#\[[^\]]*\]/g, (found) => (found === '##' ? '#' : ''));
}
