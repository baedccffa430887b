import { word } from '../base/tmuxText.ts';

/** What the fleet's own status line shows: the selector that the watcher publishes; empty while there is none. */
export const OWN_LINE = '#{E:claude_tmux_line}';

/** True when a tmux whose `status` is this has a line left to add. `off` stays off, and there are five at most. */
export function hasRoomForLine(status: string): boolean {
  return statusLines(status) >= 1 && statusLines(status) < MOST_LINES;
}

/** Status lines of a tmux whose `status` is this (`off`, `on`, `2` to `5`). */
export function statusLines(status: string): number {
  if (status === 'off' || status === '0') return 0;
  const lines = Number(status);
  return Number.isInteger(lines) && lines >= 1 && lines <= MOST_LINES ? lines : 1;
}

const MOST_LINES = 5;

/**
 * Gives one session a further status line, as options of its own: the lines in use are copied (a session that sets one index of
 * `status-format` no longer has the global others) and ours follows them. All of it is decided in tmux when the batch runs, because
 * a server that the batch starts reads the user's configuration only then; and no text of a status-format passes through here.
 * From four lines down to one: a branch that was taken makes none of the later ones true.
 */
export function emitOwnLine(session: string): string {
  return ['4', '3', '2', 'on']
    .map(
      (status) =>
        `if-shell -F -t ${word(session)} ${word(`#{==:#{status},${status}}`)} ${word(addLine(session, statusLines(status)))}`,
    )
    .join(' ; ');
}

function addLine(session: string, used: number): string {
  const target = `-t ${word(session)}`;
  // `-F` expands the reference and nothing in what it refers to. All are held before the first is set: that one hides the others.
  const lines = Array.from({ length: used }, (_, at) => ({
    option: `status-format[${at}]`,
    held: `@claude_tmux_line_${at}`,
  }));
  const holds = lines.map(({ option, held }) => `set-option -F ${target} ${held} ${word(`#{${option}}`)}`);
  const copies = lines.map(
    ({ option, held }) =>
      `set-option -F ${target} ${word(option)} ${word(`#{${held}}`)} ; set-option -u ${target} ${held}`,
  );
  return [
    ...holds,
    ...copies,
    `set-option ${target} ${word(`status-format[${used}]`)} ${word(OWN_LINE)}`,
    `set-option ${target} status ${used + 1}`,
    markLine(session),
  ].join(' ; ');
}

/** What tells that a session was given its line: who takes it off again does not get it back. */
export function markLine(session: string): string {
  return `set-option -t ${word(session)} @claude_tmux_line on`;
}
