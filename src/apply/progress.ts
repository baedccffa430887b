import { describeSpan } from '../base/ago.ts';
import { paint } from '../base/paint.ts';
import { oneLine } from '../base/text.ts';
import { cut } from '../base/width.ts';
import type { Context } from './context.ts';

/** Tells how long steps are going: a live display on a terminal, a line for each start and end elsewhere. */
export interface Progress {
  begin(name: string): void;
  /** The step's newest output line. */
  line(name: string, text: string): void;
  end(name: string, outcome: 'done' | 'failed' | 'stopped', detail: string): void;
  /** Takes the name off the live display without a word. */
  drop(name: string): void;
  /** Takes the live lines off the screen and stops. */
  close(): void;
}

interface Running {
  readonly since: number;
  text: string;
}

/** Live output is redrawn at most this often, in milliseconds: faster is only flicker. */
const REDRAW_EVERY = 80;

export function makeProgress(context: Pick<Context, 'talk' | 'draw' | 'talkColumns' | 'color' | 'now'>): Progress {
  const running = new Map<string, Running>();
  const screen = context.talkColumns === null ? null : makeScreen(context, running);
  return {
    begin: (name) => {
      running.set(name, { since: context.now(), text: '' });
      if (screen === null) context.talk(`${name}: started`);
      else screen.redraw();
    },
    line: (name, text) => {
      const entry = running.get(name);
      if (entry) entry.text = oneLine(text);
      screen?.redrawSoon();
    },
    end: (name, outcome, detail) => {
      const took = context.now() - (running.get(name)?.since ?? context.now());
      running.delete(name);
      screen?.clear();
      const mark = outcome === 'done' ? paint('✓', 'green', context.color.talk) : paint('✗', 'red', context.color.talk);
      const told = oneLine(detail === '' ? name : `${name}: ${detail}`);
      context.talk(
        screen === null
          ? `${oneLine(name)}: ${outcome}${detail === '' ? '' : `, ${oneLine(detail)}`}`
          : `${mark} ${told} ${took < 1000 ? '' : `(${describeSpan(took)})`}`.trimEnd(),
        'painted',
      );
      screen?.redraw();
    },
    drop: (name) => {
      running.delete(name);
      screen?.redraw();
    },
    close: () => screen?.close(),
  };
}

interface Screen {
  redraw(): void;
  redrawSoon(): void;
  clear(): void;
  close(): void;
}

/** Draws one line for each running step below the cursor and leaves the cursor where it was. */
function makeScreen(
  context: Pick<Context, 'draw' | 'talkColumns' | 'now'>,
  running: ReadonlyMap<string, Running>,
): Screen {
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const clear = (): void => {
    if (drawn > 0) context.draw(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const redraw = (): void => {
    clearTimeout(timer);
    timer = undefined;
    clear();
    const columns = (context.talkColumns ?? 80) - 1;
    const lines = [...running].map(([name, { since, text }]) =>
      cut(`  ${oneLine(name)} ${describeSpan(context.now() - since)}${text === '' ? '' : ` ${text}`}`, columns),
    );
    if (lines.length > 0) context.draw(lines.map((line) => `${line}\n`).join(''));
    drawn = lines.length;
  };
  return {
    redraw,
    redrawSoon: () => {
      timer ??= setTimeout(redraw, REDRAW_EVERY);
    },
    clear,
    close: () => {
      clearTimeout(timer);
      clear();
    },
  };
}
