import { TINY_CELLS } from './barTexts.ts';
import { BAR_NAMES, textName } from './names.ts';
import type { Piece } from './piece.ts';

/** Seconds after which values nobody stands behind are called stale. A live watcher's are 40 s old at most; with a redraw every 15 s a dead one's are called so within 90. */
const STALE_SECONDS = 75;

/**
 * Formats without data: they choose among the texts by what only tmux knows, the client's width and the time. A text is named as
 * it is (`#{claude_tmux_text_1}`), so tmux draws what is in it and never expands it. Conditions stand side by side instead of one
 * in another: tmux limits how deep formats go. `%s` is expanded wherever tmux draws a status line, on 3.2 and newer.
 */

/**
 * For `status-left` and `status-right`, where others have their place too: while `status-right-length` is under 80 the narrow
 * texts alone; beyond that what it has over 60, and at most half the client less 20 cells.
 */
export function everywhereSelector(texts: readonly Piece[]): string {
  const fits = ({ cells }: Piece): string | null =>
    cells <= TINY_CELLS
      ? null
      : both(atLeast('status-right-length', Math.max(80, cells + 60)), atLeast('client_width', 2 * cells + 40));
  return whenFresh('stale', choose(BAR_NAMES.everywhere, texts, fits));
}

/** For a line of our own: the richest text that the client has room for. */
export function lineSelector(texts: readonly Piece[]): string {
  return whenFresh(
    'stale (claude-tmux watch --start)',
    choose(BAR_NAMES.line, texts, ({ cells }) => atLeast('client_width', cells)),
  );
}

/** The mark of the window that is being drawn, found in the map by its id. */
export function windowSelector(): string {
  const map = BAR_NAMES.map;
  return whenFresh('', `#{?#{m:*|#{window_id}=*,#{${map}}},#{s/^.*[|]#{window_id}=([^|]*)[|].*$/\\1/:${map}},}`);
}

/** Each mark between bars, the ids before it; a window without one shows nothing. */
export function windowMap(marks: ReadonlyMap<string, Piece>): string {
  return `|${[...marks].map(([window, { text }]) => `${window}=${text}|`).join('')}`;
}

/** Nothing before the first heartbeat; `stale` when the last one is too long ago, or further ahead than a clock put back explains. */
function whenFresh(stale: string, fresh: string): string {
  const age = `#{e|-:%s,#{${BAR_NAMES.heartbeat}}}`;
  return `#{?${BAR_NAMES.heartbeat},#{?#{||:#{e|>:${age},${STALE_SECONDS}},#{e|<:${age},-${STALE_SECONDS}}},${stale},${fresh}},}`;
}

/** The first text that fits, as conditions that exclude each other; `fits` is null for a text that has room everywhere. */
function choose(selector: string, texts: readonly Piece[], fits: (text: Piece) => string | null): string {
  return texts
    .map((text, at) => {
      const richer = texts[at - 1];
      const tooWide = richer ? fits(richer) : null;
      // A richer one that fits everywhere leaves nothing to choose.
      if (text.cells === 0 || (richer && tooWide === null)) return '';
      const conditions = [fits(text), tooWide === null ? null : `#{?${tooWide},0,1}`].filter(
        (condition) => condition !== null,
      );
      const shown = `#{${textName(selector, at)}}`;
      return conditions.length === 0 ? shown : `#{?${conditions.reduce(both)},${shown},}`;
    })
    .join('');
}

function atLeast(what: string, cells: number): string {
  return `#{e|>=:#{${what}},${cells}}`;
}

function both(a: string, b: string): string {
  return `#{&&:${a},${b}}`;
}
