import { UserError } from '../base/errors.ts';
import { visiblePainted } from '../base/visible.ts';
import type { Screen } from '../apply/screen.ts';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** Takes over the terminal of a process. Throws a UserError when input or output is none. */
export function openScreen(program: NodeJS.Process): Screen {
  const { stdin, stdout } = program;
  if (!stdin.isTTY || !stdout.isTTY)
    throw new UserError('there is no terminal to show this in', { hint: 'leave out --follow' });
  const events = makeQueue();
  let shown: readonly string[] = [];
  const key = (bytes: Buffer): void => events.put(bytes.toString());
  const resize = (): void => {
    // The terminal has moved its rows about by itself: all are drawn anew.
    shown = [];
    stdout.write('\x1b[2J');
    events.put('resize');
  };
  const end = (): void => events.put(null);
  const close = (): void => {
    stdin.off('data', key).off('end', end).pause().setRawMode(false);
    stdout.off('resize', resize);
    program.off('exit', close).off('SIGTERM', end);
    stdout.write(LEAVE);
  };
  stdin.setRawMode(true).on('data', key).on('end', end);
  stdout.on('resize', resize);
  program.once('exit', close).once('SIGTERM', end);
  stdout.write(ENTER);
  return {
    get size() {
      return { columns: stdout.columns, rows: stdout.rows };
    },
    show: (lines) => {
      const text = changedRows(shown, lines);
      if (text !== '') stdout.write(text);
      shown = lines;
    },
    next: events.take,
    close,
  };
}

/** Each row is written over and cleared to its right, in one write: a screen that is cleared first flickers. */
function changedRows(before: readonly string[], after: readonly string[]): string {
  const rows = Array.from({ length: Math.max(before.length, after.length) }, (_, at) => at);
  return rows
    .filter((at) => before[at] !== after[at])
    .map((at) => `\x1b[${at + 1};1H${visiblePainted(after[at] ?? '')}\x1b[0m\x1b[K`)
    .join('');
}

type Event = string | null;

function makeQueue(): { readonly put: (event: Event) => void; readonly take: () => Promise<Event> } {
  const waiting: Event[] = [];
  let taker: ((event: Event) => void) | null = null;
  return {
    put: (event) => {
      if (taker === null) waiting.push(event);
      else taker(event);
      taker = null;
    },
    take: () => {
      const first = waiting.shift();
      return first !== undefined ? Promise.resolve(first) : new Promise((resolve) => (taker = resolve));
    },
  };
}
