import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../apply/context.ts';
import type { Screen } from '../apply/screen.ts';
import { EXIT, UserError } from '../base/errors.ts';
import type { StatusReport } from '../status/report.ts';
import { renderStatusText } from '../status/renderText.ts';

/** q, Q, Esc alone, Ctrl-C, Ctrl-D. */
const QUIT = ['q', 'Q', '\x1b', '\x03', '\x04'];
const PAUSE_MS = 1000;
/** Reading may take a tenth of the time, not more: fifty clones of a large repository are asked less often. */
const REST = 9;

interface Followed {
  readonly read: () => Promise<StatusReport>;
  /** True shows fleets that are down with their sessions. */
  readonly whole: boolean;
}

/** Keeps the status on the screen, up to date, until the user closes it. */
export async function followStatus(context: Context, { read, whole }: Followed): Promise<number> {
  const screen = context.openScreen();
  const closed = new AbortController();
  const view = { latest: null as StatusReport | string | null };
  const draw = (): void => {
    if (!closed.signal.aborted) screen.show(render({ latest: view.latest, whole }, context, screen.size));
  };
  try {
    const refreshing = refresh({
      read,
      context,
      closed: closed.signal,
      show: (latest) => {
        view.latest = latest;
        draw();
      },
    });
    // What goes wrong beside the keys ends the waiting for them.
    await Promise.race([refreshing, waitForQuit(screen, draw)]);
  } finally {
    closed.abort();
    screen.close();
  }
  return EXIT.done;
}

async function waitForQuit(screen: Screen, draw: () => void): Promise<void> {
  draw();
  for (;;) {
    const event = await screen.next();
    if (event === null || QUIT.includes(event)) return;
    if (event === 'resize') draw();
  }
}

interface Refreshing {
  readonly read: () => Promise<StatusReport>;
  readonly context: Context;
  readonly closed: AbortSignal;
  readonly show: (latest: StatusReport | string) => void;
}

/** Reads again and again; a trouble that the user can mend is shown, and may be over the next time. */
async function refresh({ read, context, closed, show }: Refreshing): Promise<void> {
  while (!closed.aborted) {
    const started = context.now();
    show(await read().catch(sentenceOf));
    const rest = Math.max(PAUSE_MS, (context.now() - started) * REST);
    await pause(rest, undefined, { signal: closed }).catch(() => undefined);
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.hint === undefined ? error.message : `${error.message}\n  ${error.hint}`;
  throw error;
}

interface Shown {
  readonly latest: StatusReport | string | null;
  readonly whole: boolean;
}

/** Rows of the screen; the last one says how to leave. */
function render({ latest, whole }: Shown, context: Context, { columns, rows }: Screen['size']): readonly string[] {
  const style = { whole, color: context.color.out, columns, now: context.now() };
  const text = latest === null ? '' : typeof latest === 'string' ? latest : renderStatusText(latest, style);
  const lines = text.trimEnd().split('\n');
  const room = Math.max(1, rows - 2);
  const shown =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), `  … and ${lines.length - room + 1} lines more than fit`];
  return [...shown, ...Array.from({ length: Math.max(0, room - shown.length) }, () => ''), '', '  q closes this'].slice(
    0,
    rows,
  );
}
