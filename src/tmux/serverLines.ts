import type { TmuxPane, TmuxWindow } from '../plan/snapshot.ts';
import type { TmuxClient } from './readServer.ts';

/** No field of a line but the last can hold a space: ids and numbers come first, names last, made one line by tmux itself. */
export const CLIENT_LINE =
  'C #{session_id} #{client_width} #{client_height} #{client_activity} #{pane_id} #{client_control_mode} #{client_name}';

/** The id of a pane is whatever somebody set: only what our ids are made of comes through. */
export const PANE_LINE =
  'P #{session_id} #{window_id} #{window_index} #{window_active} #{window_zoomed_flag} #{window_width} #{window_height} #{pane_id} #{pane_active} #{pane_dead} #{pane_pid} #{s/[^A-Za-z0-9_.-]/?/:@claude_tmux_id}';

/** One client of a `CLIENT_LINE`. A control client (an editor, a watcher) has no terminal of its own to fit into: none. */
export function parseClient(line: string): TmuxClient[] {
  const match = /^C (\$\d+) (\d+) (\d+) (\d+) (%\d+)? ([01]?) (.+)$/.exec(line);
  const [, sessionId, columns, rows, activity, paneId, isControl, name] = match ?? [];
  if (sessionId === undefined || name === undefined || isControl === '1') return [];
  return [
    {
      name,
      sessionId,
      columns: Number(columns),
      rows: Number(rows),
      activity: Number(activity),
      paneId: paneId ?? null,
    },
  ];
}

/** The windows of a session with their panes, from the `PANE_LINE`s among `lines`. */
export function windowsOf(sessionId: string, lines: readonly string[]): TmuxWindow[] {
  const windows = new Map<string, TmuxWindow & { panes: TmuxPane[] }>();
  for (const line of lines) {
    const found = parsePane(line);
    if (found?.sessionId !== sessionId) continue;
    const window = windows.get(found.window.id) ?? { ...found.window, panes: [] };
    window.panes.push(found.pane);
    windows.set(window.id, window);
  }
  return [...windows.values()];
}

function parsePane(line: string): { sessionId: string; window: Omit<TmuxWindow, 'panes'>; pane: TmuxPane } | null {
  const match = /^P (\$\d+) (@\d+) (\d+) ([01]) ([01]) (\d+) (\d+) (%\d+) ([01]) ([01]) (\d*) (.*)$/.exec(line);
  const [, sessionId, windowId, index, windowActive, zoomed, columns, rows, paneId, active, dead, pid, id] =
    match ?? [];
  if (sessionId === undefined || windowId === undefined || paneId === undefined) return null;
  return {
    sessionId,
    window: {
      id: windowId,
      index: Number(index),
      active: windowActive === '1',
      zoomed: zoomed === '1',
      columns: Number(columns),
      rows: Number(rows),
    },
    pane: {
      id: paneId,
      session: id === undefined || id === '' ? null : id,
      active: active === '1',
      dead: dead === '1',
      pid: Number(pid),
    },
  };
}
