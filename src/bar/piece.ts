import { drawable } from '../base/drawable.ts';
import { cut, width } from '../base/width.ts';
import { inkOn } from '../plan/windowLook.ts';

/** Finished tmux text and the cells it takes. It is drawn and never expanded: only its `#[…]` mean something. */
export interface Piece {
  readonly text: string;
  readonly cells: number;
}

export const NOTHING: Piece = { text: '', cells: 0 };

/** Our own words and marks; what tmux would read in them is doubled all the same. */
export function piece(text: string): Piece {
  return { text: text.replaceAll('#', '##'), cells: width(text) };
}

/** A user's text as it is, cut to `cells`. Only a beginning is looked at: ten thousand characters cost no more than these. */
export function literal(text: string, cells: number, end: string): Piece {
  return piece(cut(drawable(text.slice(0, cells * MOST_UNITS)), cells, end));
}

/** UTF-16 units one cell may take: a flag takes two, a long joined emoji eleven; stacked accents are cut off here. */
const MOST_UNITS = 12;

/** Pieces side by side, with `gap` blanks between; those that are empty leave no gap. */
export function join(pieces: readonly Piece[], gap: number): Piece {
  const shown = pieces.filter(({ cells }) => cells > 0);
  const blanks = ' '.repeat(gap);
  return {
    text: shown.map(({ text }) => text).join(blanks),
    cells: shown.reduce((sum, { cells }) => sum + cells, 0) + gap * Math.max(0, shown.length - 1),
  };
}

/** In a tmux style; afterwards the one that `framed` found is in force again. */
export function styled(inner: Piece, style: string | null): Piece {
  return style === null || inner.cells === 0
    ? inner
    : { text: `#[${style}]${inner.text}#[default]`, cells: inner.cells };
}

/** Inside, `default` is the style that was in force before: a theme's colours come through and are there again afterwards. */
export function framed(inner: Piece): Piece {
  return { text: `#[push-default]${inner.text}#[default]#[pop-default]`, cells: inner.cells };
}

/** A block that stands out on any ground: with its own ground and ink, or reversed where colours are off. */
export function blockStyle(color: string, isColored: boolean): string {
  return isColored && color !== 'default' ? `bg=${color} fg=${inkOn(color)} bold` : 'reverse bold';
}
