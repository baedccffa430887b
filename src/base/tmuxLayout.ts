/**
 * tmux's layout strings (`bb62,159x48,0,0{79x48,0,0,0,79x48,80,0,1}`) as trees. tmux 3.3a dies of a layout it cannot
 * read ("invalid layout" is printed from an unset pointer), so nothing reaches `select-layout` but what comes from here.
 */
export interface LayoutCell {
  /** Left edge and top edge in cells, from 0. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
  /** How `cells` divide this one: side by side (`columns`, tmux's `{}`) or one above the other (`rows`, tmux's `[]`). */
  readonly split: 'leaf' | 'columns' | 'rows';
  /** Empty for a leaf, else at least two; borders of one cell lie between them. */
  readonly cells: readonly LayoutCell[];
}

export interface CellSize {
  readonly columns: number;
  readonly rows: number;
}

/** tmux's own upper bound for a window's width and height. */
export const MAX_WINDOW_CELLS = 10_000;

/** Deeper or longer than any layout a person arranges; a bound because tmux reads them recursively. */
const MAX_DEPTH = 32;
const MAX_TEXT = 16_384;

/** Reads a layout string; null unless its checksum is right and its sizes add up, as tmux checks them. Offsets are computed, not read. */
export function parseTmuxLayout(text: string): LayoutCell | null {
  const match = /^([0-9a-f]{4}),(.*)$/.exec(text);
  const [, sum, body] = match ?? [];
  if (sum === undefined || body === undefined || text.length > MAX_TEXT || checksum(body) !== sum) return null;
  const reader = { text: body, at: 0 };
  const cell = parseCell(reader, { x: 0, y: 0, depth: 0 });
  return cell && reader.at === body.length ? cell : null;
}

/** The layout string of a tree, checksum in front. Pane ids are numbered from 0: tmux ignores them and fills the cells in order. */
export function formatTmuxLayout(cell: LayoutCell): string {
  const body = formatCell(cell, { next: 0 });
  return `${checksum(body)},${body}`;
}

/** The leaves in tmux's order, which is the order in which `select-layout` fills them with a window's panes. */
export function leaves(cell: LayoutCell): readonly LayoutCell[] {
  return cell.split === 'leaf' ? [cell] : cell.cells.flatMap(leaves);
}

function parseCell(
  reader: { text: string; at: number },
  from: { x: number; y: number; depth: number },
): LayoutCell | null {
  const size = take(reader, /(\d{1,5})x(\d{1,5}),\d{1,5},\d{1,5}/y);
  const [, columns = 0, rows = 0] = size?.map(Number) ?? [];
  if (columns < 1 || rows < 1 || columns > MAX_WINDOW_CELLS || rows > MAX_WINDOW_CELLS) return null;
  // A leaf's pane id is optional; digits before an `x` are the next cell's width instead.
  take(reader, /,\d+(?![\dx])/y);
  const box = { x: from.x, y: from.y, columns, rows };
  const open = take(reader, /[{[]/y)?.[0];
  if (open === undefined) return { ...box, split: 'leaf', cells: [] };
  if (from.depth >= MAX_DEPTH) return null;
  const split = open === '{' ? 'columns' : 'rows';
  const cells = parseChildren(reader, { ...box, split, depth: from.depth + 1 });
  if (!cells || !addsUp(cells, { ...box, split })) return null;
  return cells.length === 1 && cells[0] ? cells[0] : { ...box, split, cells };
}

function parseChildren(
  reader: { text: string; at: number },
  parent: { x: number; y: number; split: 'columns' | 'rows'; depth: number },
): LayoutCell[] | null {
  const cells: LayoutCell[] = [];
  let { x, y } = parent;
  do {
    const cell = parseCell(reader, { x, y, depth: parent.depth });
    if (!cell) return null;
    cells.push(cell);
    if (parent.split === 'columns') x += cell.columns + 1;
    else y += cell.rows + 1;
  } while (take(reader, /,/y));
  return take(reader, parent.split === 'columns' ? /\}/y : /\]/y) ? cells : null;
}

function addsUp(
  cells: readonly LayoutCell[],
  parent: { columns: number; rows: number; split: 'columns' | 'rows' },
): boolean {
  const [along, across] = parent.split === 'columns' ? (['columns', 'rows'] as const) : (['rows', 'columns'] as const);
  const length = cells.reduce((sum, cell) => sum + cell[along] + 1, -1);
  return length === parent[along] && cells.every((cell) => cell[across] === parent[across]);
}

function take(reader: { text: string; at: number }, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = reader.at;
  const match = pattern.exec(reader.text);
  if (match) reader.at += match[0].length;
  return match;
}

function formatCell(cell: LayoutCell, ids: { next: number }): string {
  const box = `${cell.columns}x${cell.rows},${cell.x},${cell.y}`;
  if (cell.split === 'leaf') return `${box},${ids.next++}`;
  const inner = cell.cells.map((child) => formatCell(child, ids)).join(',');
  return cell.split === 'columns' ? `${box}{${inner}}` : `${box}[${inner}]`;
}

/** tmux's 16-bit rotating checksum (layout-custom.c), as four hex digits. */
function checksum(body: string): string {
  let sum = 0;
  for (const character of body) sum = ((sum >> 1) + ((sum & 1) << 15) + (character.codePointAt(0) ?? 0)) & 0xffff;
  return sum.toString(16).padStart(4, '0');
}
