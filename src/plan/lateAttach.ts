import { leaves, parseTmuxLayout, type LayoutCell } from '../base/tmuxLayout.ts';
import { word } from '../base/tmuxText.ts';
import { isAtLeast, type TmuxVersion } from './tmuxVersion.ts';

/**
 * tmux spreads a change of size evenly over the cells: 60/40 built for 220 columns is 50/50 in 80. A fleet that is built
 * before anybody looks at it is therefore arranged once more by its first resize, and never again: later the user's hand counts.
 * Our number in the hook leaves the user's own `window-resized` hooks alone.
 */
const HOOK = `window-resized[9137]`;

/** Commands for a window that may be attached at another size later; none where tmux has no such hook (before 3.3) or the layout no name. */
export function lateAttach(
  layout: string,
  window: { readonly target: string; readonly version: TmuxVersion },
): string[] {
  const cell = parseTmuxLayout(layout);
  const name = cell && layoutName(cell);
  if (!name || !isAtLeast(window.version, '3.3')) return [];
  const target = word(window.target);
  return [
    ...(name === 'main-vertical' ? [`set-option -w -t ${target} main-pane-width '60%'`] : []),
    ...(name === 'main-horizontal' ? [`set-option -w -t ${target} main-pane-height '60%'`] : []),
    // Inside the hook the resized window is the current one: it needs no target, and its name may have changed.
    `set-hook -w -t ${target} '${HOOK}' ${word(`select-layout ${name} ; set-hook -uw '${HOOK}'`)}`,
  ];
}

type LayoutName = 'even-horizontal' | 'even-vertical' | 'main-vertical' | 'main-horizontal' | 'tiled';

/** tmux's name for what has this shape, whatever its size; null for a shape of the user's own. */
function layoutName(cell: LayoutCell): LayoutName | null {
  const [first, second] = cell.cells;
  if (!first || !second) return null;
  if (isRow(cell) && isEven(cell)) return cell.split === 'columns' ? 'even-horizontal' : 'even-vertical';
  if (
    cell.cells.length === 2 &&
    first.split === 'leaf' &&
    isMain(cell, first) &&
    (second.split === 'leaf' || isRow(second))
  ) {
    return cell.split === 'columns' ? 'main-vertical' : 'main-horizontal';
  }
  const isGrid =
    cell.split === 'rows' &&
    isEven(cell) &&
    cell.cells.every((row) => row.split === 'leaf' || (isRow(row) && isEven(row)));
  return isGrid ? 'tiled' : null;
}

function isRow(cell: LayoutCell): boolean {
  return cell.cells.length > 0 && cell.cells.every((child) => child.split === 'leaf');
}

/** Extents differ by no more than rounding and the title row. */
function isEven(cell: LayoutCell): boolean {
  const extents = cell.cells.map((child) => (cell.split === 'columns' ? child.columns : child.rows));
  return Math.max(...extents) - Math.min(...extents) <= 2;
}

/** About 60 of 100. */
function isMain(cell: LayoutCell, first: LayoutCell): boolean {
  const part = cell.split === 'columns' ? first.columns / cell.columns : first.rows / cell.rows;
  return leaves(first).length === 1 && part > 0.55 && part < 0.66;
}
