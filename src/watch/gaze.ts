import { stat } from 'node:fs/promises';
import type { BarFleet } from '../bar/bar.ts';
import { STATES } from '../status/states.ts';
import type { TmuxClient } from '../tmux/readServer.ts';

/** Waits for a key on a terminal that shows a turn that is over, which is then looked at. */
export interface Gaze {
  /** Who shows what now; terminals without such a turn are not looked at. */
  follow(fleets: readonly BarFleet[], clients: readonly TmuxClient[]): void;
  close(): void;
}

/** How often the terminals are asked, in milliseconds. The system notes a key after eight seconds at most (Linux). */
const EVERY_MS = 2000;

/**
 * A key pressed in a pane fires no hook of tmux. The terminal's own file tells of it: its access time is that of the last key, and
 * asking for it costs no process. `onKey` hears of each terminal with a key since, and when (seconds since 1970).
 */
export function makeGaze(onKey: (looked: ReadonlyMap<string, number>) => void): Gaze {
  let terminals = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;

  const ask = async (): Promise<void> => {
    const looked = new Map<string, number>();
    for (const [name, time] of terminals) {
      const now = await keyTime(name);
      if (now > time) looked.set(name, now);
    }
    for (const [name, time] of looked) terminals.set(name, time);
    if (looked.size > 0) onKey(looked);
  };
  const rest = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    follow: (fleets, clients) => {
      const done = new Set(
        fleets.flatMap(({ status }) =>
          status.sessions.filter(({ agent }) => STATES[agent.state].unseen).map(({ pane }) => pane),
        ),
      );
      const watched = clients
        .filter(({ paneId }) => paneId !== null && done.has(paneId))
        .map(({ name, activity }): [string, number] => [name, Math.max(terminals.get(name) ?? 0, activity + 1)]);
      terminals = new Map(watched);
      if (terminals.size === 0) rest();
      else timer ??= setInterval(() => void ask(), EVERY_MS);
    },
    close: rest,
  };
}

/** Seconds since 1970; 0 for a terminal that is gone. */
async function keyTime(terminal: string): Promise<number> {
  return stat(terminal).then(
    ({ atimeMs }) => atimeMs / 1000,
    () => 0,
  );
}
