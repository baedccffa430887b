import { MAX_WINDOW_CELLS, type CellSize, type LayoutCell } from './tmuxLayout.ts';

/** A layout without sizes: `share` is this part's weight among its neighbours. */
export interface LayoutSketch {
  readonly share: number;
  readonly split: LayoutCell['split'];
  readonly cells: readonly LayoutSketch[];
}

/**
 * Gives a sketch its sizes: proportional to the shares, at least one cell each, borders accounted for. Null when it does
 * not fit. `titleRows` is the row that `pane-border-status top` takes from the panes at the window's top edge (0 or 1):
 * they get it on top of their share, so that panes with equal shares show equally many lines.
 */
export function fitSketch(sketch: LayoutSketch, size: CellSize, titleRows: number): LayoutCell | null {
  const least = leastSize(sketch, titleRows);
  const tooSmall = size.columns < least.columns || size.rows < least.rows;
  if (tooSmall || size.columns > MAX_WINDOW_CELLS || size.rows > MAX_WINDOW_CELLS) return null;
  return place(sketch, { x: 0, y: 0, ...size }, titleRows);
}

/** The same layout at another size, in proportion; null when it does not fit (every pane keeps at least one cell). */
export function scaleLayout(cell: LayoutCell, size: CellSize, titleRows = 0): LayoutCell | null {
  return fitSketch(sketchOf(cell), size, titleRows);
}

/** The sketch of a layout: its cells' extents are the shares. `keep` leaves stay, in order; further ones are dropped and their space is given back. */
export function sketchOf(cell: LayoutCell, keep = Infinity): LayoutSketch {
  return sketchFirst(cell, { left: keep }, 1) ?? { share: 1, split: 'leaf', cells: [] };
}

function sketchFirst(cell: LayoutCell, budget: { left: number }, share: number): LayoutSketch | null {
  if (cell.split === 'leaf') return budget.left-- > 0 ? { share, split: 'leaf', cells: [] } : null;
  const extent = cell.split === 'columns' ? 'columns' : 'rows';
  const cells = cell.cells.map((child) => sketchFirst(child, budget, child[extent])).filter((child) => child !== null);
  const [only] = cells;
  if (cells.length < 2) return only ? { ...only, share } : null;
  return { share, split: cell.split, cells };
}

function leastSize(sketch: LayoutSketch, titleRows: number): CellSize {
  if (sketch.split === 'leaf') return { columns: 1, rows: 1 + titleRows };
  const parts = sketch.cells.map((child, index) =>
    leastSize(child, sketch.split === 'rows' && index > 0 ? 0 : titleRows),
  );
  const borders = parts.length - 1;
  const columns = parts.map((part) => part.columns);
  const rows = parts.map((part) => part.rows);
  return sketch.split === 'columns'
    ? { columns: total(columns) + borders, rows: Math.max(...rows) }
    : { columns: Math.max(...columns), rows: total(rows) + borders };
}

function place(sketch: LayoutSketch, box: Omit<LayoutCell, 'split' | 'cells'>, titleRows: number): LayoutCell {
  if (sketch.split === 'leaf') return { ...box, split: 'leaf', cells: [] };
  const sideways = sketch.split === 'columns';
  const least = sketch.cells.map((child, index) => leastSize(child, !sideways && index > 0 ? 0 : titleRows));
  const lengths = divide({
    length: (sideways ? box.columns : box.rows) - (sketch.cells.length - 1),
    shares: sketch.cells.map((child) => child.share),
    least: least.map((part) => (sideways ? part.columns : part.rows)),
    extraFirst: sideways ? 0 : titleRows,
  });
  let offset = 0;
  const cells = sketch.cells.map((child, index) => {
    const length = lengths[index] ?? 1;
    const start = offset;
    offset += length + 1;
    return sideways
      ? place(child, { ...box, x: box.x + start, columns: length }, titleRows)
      : place(child, { ...box, y: box.y + start, rows: length }, index === 0 ? titleRows : 0);
  });
  return { ...box, split: sketch.split, cells };
}

/** Cuts `length` by the shares; nobody gets less than its least, and what rounding leaves goes to the first ones. */
function divide(cut: {
  length: number;
  shares: readonly number[];
  least: readonly number[];
  extraFirst: number;
}): number[] {
  const sum = total(cut.shares) || 1;
  const open = cut.length - cut.extraFirst;
  const parts = cut.shares.map((share, index) =>
    Math.max(cut.least[index] ?? 1, Math.floor((open * share) / sum) + (index === 0 ? cut.extraFirst : 0)),
  );
  for (let index = 0, left = cut.length - total(parts); left > 0; left--, index = (index + 1) % parts.length)
    parts[index] = (parts[index] ?? 0) + 1;
  for (let over = total(parts) - cut.length; over > 0; over--) {
    const widest = parts
      .map((part, index) => ({ index, spare: part - (cut.least[index] ?? 1) }))
      .reduce((a, b) => (b.spare > a.spare ? b : a));
    parts[widest.index] = (parts[widest.index] ?? 0) - 1;
  }
  return parts;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
