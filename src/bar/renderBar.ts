import type { FleetStatus } from '../status/report.ts';
import type { BarStyle } from './bar.ts';
import { barTexts } from './barTexts.ts';
import { framed } from './piece.ts';

interface Request {
  /** Cells there are. */
  readonly width: number;
  readonly style: BarStyle;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The fleets as one tmux text of at most `width` cells, for a place on somebody else's ground; '' when nothing fits. */
export function renderBar(fleets: readonly FleetStatus[], { width, style, now }: Request): string {
  const texts = barTexts(fleets, { style, now, isOwnGround: false, clickRange: noRange });
  const text = texts.find(({ cells }) => cells <= width);
  return text === undefined || text.cells === 0 ? '' : framed(text).text;
}

/** A range acts on windows of the tmux session whose line it is in. */
export const noRange = (): null => null;
