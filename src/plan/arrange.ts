import { fitSketch, sketchOf, type LayoutSketch } from '../base/fitLayout.ts';
import { formatTmuxLayout, leaves, parseTmuxLayout, type CellSize, type LayoutCell } from '../base/tmuxLayout.ts';
import type { Arrange, NamedArrangement } from '../layout/layout.ts';

export interface WindowPlan {
  /** How many panes this window holds, at least one. */
  readonly panes: number;
  /** The exact layout for `select-layout` at the planned size; null for a single pane. */
  readonly layout: string | null;
}

/** `auto` keeps its preferred arrangement only while every pane shows this much. */
export const COMFORTABLE: CellSize = { columns: 80, rows: 20 };
/** The size terminal programs are made for: of several grids the one whose tightest pane comes nearest to it is taken. */
const ROOMY: CellSize = { columns: 80, rows: 24 };
/**
 * A named arrangement goes on to a further window before a pane shows less than this: the small part of a 60/40 split of
 * an 80×24 terminal under two status lines, a title and a border. The user asked for the arrangement, so it holds there.
 */
const SMALLEST: CellSize = { columns: 30, rows: 8 };
/** Our windows have `pane-border-status top`: one row above the panes at the top edge; the others' titles lie on borders. */
const TITLE_ROWS = 1;
/** The main pane's part of `main-left` and `main-top`. */
const MAIN_SHARE = 60;

/** How many windows, how many panes in each, and each one's layout at `size` (cells, status lines already taken off). */
export function planWindows(wanted: {
  readonly arrange: Arrange;
  readonly panes: number;
  readonly size: CellSize;
}): readonly WindowPlan[] {
  const { arrange, panes, size } = wanted;
  if (arrange.kind === 'custom') return planCustom(arrange.layout, panes, size);
  if (arrange.kind === 'named') return spread(arrange.name, panes, size);
  const whole = arrangement(arrange.preferred, panes, size);
  return whole && showsAtLeast(whole, COMFORTABLE) ? [windowPlan(panes, whole)] : spread('windows', panes, size);
}

export interface AdditionPlan {
  /** How many of the additions go into this window; 0 when it has no room for one. */
  readonly panes: number;
  /** The layout for all its panes, old and new; null when none is added. */
  readonly layout: string | null;
}

/**
 * For a window that exists and holds `existing` panes: how many of `additions` it takes at its size (the rest is for
 * `planWindows`), and the layout for old and new together. The old ones come first, in their order.
 */
export function arrangeExisting(wanted: {
  readonly arrange: Arrange;
  readonly existing: number;
  readonly additions: number;
  readonly size: CellSize;
}): AdditionPlan {
  for (let added = wanted.additions; added > 0; added--) {
    const cell = oneWindow(wanted.arrange, wanted.existing + added, wanted.size);
    if (cell) return { panes: added, layout: formatTmuxLayout(cell) };
  }
  return { panes: 0, layout: null };
}

function oneWindow(arrange: Arrange, panes: number, size: CellSize): LayoutCell | null {
  if (arrange.kind === 'custom') return customCell(arrange.layout, panes, size);
  const [name, least] =
    arrange.kind === 'auto' ? ([arrange.preferred, COMFORTABLE] as const) : ([arrange.name, SMALLEST] as const);
  const cell = arrangement(name, panes, size);
  return cell && showsAtLeast(cell, least) ? cell : null;
}

/** The fewest windows in which every pane shows enough, filled evenly. */
function spread(name: NamedArrangement, panes: number, size: CellSize): WindowPlan[] {
  const windows = fewestWindows(name, panes, size);
  return evenly(panes, windows).map((count) => windowPlan(count, arrangement(name, count, size)));
}

/** Tried one by one: a grid of 13 may have narrower panes than one of 16, so what takes more need not take less. A pane by itself always fits. */
function fewestWindows(name: NamedArrangement, panes: number, size: CellSize): number {
  for (let windows = 1; windows < panes; windows++)
    if (evenly(panes, windows).every((count) => fits(name, count, size))) return windows;
  return panes;
}

/** So many panes for each window; the first ones take one more. */
function evenly(panes: number, windows: number): number[] {
  return Array.from({ length: windows }, (_, index) => Math.floor(panes / windows) + (index < panes % windows ? 1 : 0));
}

function fits(name: NamedArrangement, panes: number, size: CellSize): boolean {
  if (panes === 1) return true;
  const cell = arrangement(name, panes, size);
  return cell !== null && showsAtLeast(cell, SMALLEST);
}

/** The user's layout scaled to the real size; panes beyond its cells go to further `tiled` windows, as all do when it does not fit. */
function planCustom(layout: string, panes: number, size: CellSize): WindowPlan[] {
  const cells = parseTmuxLayout(layout);
  const first = Math.min(panes, cells ? leaves(cells).length : 0);
  const cell = customCell(layout, first, size);
  if (!cell) return spread('tiled', panes, size);
  const rest = panes - first;
  return [windowPlan(first, cell), ...(rest > 0 ? spread('tiled', rest, size) : [])];
}

function customCell(layout: string, panes: number, size: CellSize): LayoutCell | null {
  const cell = parseTmuxLayout(layout);
  if (!cell || panes < 1 || panes > leaves(cell).length) return null;
  return fitSketch(sketchOf(cell, panes), size, TITLE_ROWS);
}

function windowPlan(panes: number, cell: LayoutCell | null): WindowPlan {
  return { panes, layout: cell && panes > 1 ? formatTmuxLayout(cell) : null };
}

/** True when every pane shows at least this much: its cell less the title row at the top edge. */
function showsAtLeast(cell: LayoutCell, least: CellSize): boolean {
  return leaves(cell).every(
    (leaf) => leaf.columns >= least.columns && leaf.rows - (leaf.y === 0 ? TITLE_ROWS : 0) >= least.rows,
  );
}

function arrangement(name: NamedArrangement, panes: number, size: CellSize): LayoutCell | null {
  const sketch = name === 'tiled' ? tiled(panes, size) : sketchNamed(name, panes);
  return sketch && fitSketch(sketch, size, TITLE_ROWS);
}

function sketchNamed(name: Exclude<NamedArrangement, 'tiled'>, panes: number): LayoutSketch | null {
  if (panes === 1) return LEAF;
  switch (name) {
    case 'windows':
      return null;
    case 'columns':
    case 'rows':
      return row(name, panes);
    case 'main-left':
      return main('columns', row('rows', panes - 1));
    case 'main-top':
      return main('rows', row('columns', panes - 1));
  }
}

const LEAF: LayoutSketch = { share: 1, split: 'leaf', cells: [] };

function row(split: 'columns' | 'rows', panes: number): LayoutSketch {
  return panes === 1 ? LEAF : { share: 1, split, cells: Array.from({ length: panes }, () => LEAF) };
}

function main(split: 'columns' | 'rows', rest: LayoutSketch): LayoutSketch {
  return {
    share: 1,
    split,
    cells: [
      { ...LEAF, share: MAIN_SHARE },
      { ...rest, share: 100 - MAIN_SHARE },
    ],
  };
}

/** The grid whose tightest pane comes nearest to a roomy one; a last row with fewer panes makes them wider. */
function tiled(panes: number, size: CellSize): LayoutSketch {
  let best = grid(panes, 1);
  let bestFit = -1;
  for (let rows = 1; rows <= panes; rows++) {
    const columns = Math.ceil(panes / rows);
    const width = (size.columns - columns + 1) / columns / ROOMY.columns;
    const height = (size.rows - TITLE_ROWS - rows + 1) / rows / ROOMY.rows;
    const fit = Math.min(width, height);
    if (fit > bestFit) [best, bestFit] = [grid(panes, rows), fit];
  }
  return best;
}

function grid(panes: number, rows: number): LayoutSketch {
  const counts = Array.from({ length: rows }, (_, index) => Math.floor(panes / rows) + (index < panes % rows ? 1 : 0));
  const [first] = counts;
  return counts.length === 1
    ? row('columns', first ?? 1)
    : { share: 1, split: 'rows', cells: counts.map((count) => row('columns', count)) };
}
