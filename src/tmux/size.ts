import { hasRoomForLine, statusLines } from '../plan/ownLine.ts';
import type { TmuxClient } from './readServer.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

interface Viewer {
  /** What our output goes to; inside tmux that is a pane. Null without a terminal. */
  readonly terminal: TerminalSize | null;
  /** True when that pane belongs to the server of the fleet, so that its client will show the fleet. */
  readonly insideSameServer: boolean;
  /** `$TMUX_PANE`. */
  readonly paneId: string | undefined;
  readonly clients: readonly TmuxClient[];
}

/** The terminal that will show the fleet: inside its server the whole client, of which our own pane may be a small part. */
export function viewerSize({ terminal, insideSameServer, paneId, clients }: Viewer): TerminalSize | null {
  if (!insideSameServer || terminal === null) return terminal;
  const recent = [...clients].sort((a, b) => b.activity - a.activity);
  return recent.find((client) => client.paneId === paneId) ?? recent[0] ?? terminal;
}

/** Without a terminal nobody looks yet: wide enough for two agents side by side; the first attach arranges the windows anew. */
const UNSEEN: TerminalSize = { columns: 200, rows: 50 };

/** Size in cells of a new window: the terminal that will show it, less tmux's status lines and the fleet's own (`status` is `off`, `on` or `2` to `5`). */
export function newWindowSize({
  terminal,
  status,
}: {
  readonly terminal: TerminalSize | null;
  readonly status: string;
}): TerminalSize {
  const { columns, rows } = terminal ?? UNSEEN;
  return { columns: within(columns), rows: within(rows - statusLines(status) - (hasRoomForLine(status) ? 1 : 0)) };
}

/** tmux takes 1 to 10000. */
function within(cells: number): number {
  return Math.min(10_000, Math.max(1, Math.floor(cells) || 1));
}
