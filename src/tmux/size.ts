export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Without a terminal nobody looks yet: wide enough for two agents side by side; the first attach arranges the windows anew. */
const UNSEEN: TerminalSize = { columns: 200, rows: 50 };

/** Size in cells of a new window: the terminal that will show it, less tmux's status lines (`status` is `off`, `on` or `2` to `5`). */
export function newWindowSize({ terminal, status }: { readonly terminal: TerminalSize | null; readonly status: string }): TerminalSize {
  const { columns, rows } = terminal ?? UNSEEN;
  return { columns: within(columns), rows: within(rows - statusLines(status)) };
}

function statusLines(status: string): number {
  if (status === 'off' || status === '0') return 0;
  const lines = Number(status);
  return Number.isInteger(lines) && lines >= 1 && lines <= 5 ? lines : 1;
}

/** tmux takes 1 to 10000. */
function within(cells: number): number {
  return Math.min(10_000, Math.max(1, Math.floor(cells) || 1));
}
