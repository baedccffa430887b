/** A pane's screen with its colours, as `capture-pane -e` gives it, and where its cursor is (from 0). */
export interface StyledScreen {
  readonly text: string;
  readonly cursor: { readonly x: number; readonly y: number };
}

/** What Claude's input line holds. `unseen`: the screen shows none that is known. */
export type InputLine =
  | { readonly kind: 'empty' }
  /** `clipped`: its first lines are scrolled out of the box. */
  | { readonly kind: 'draft'; readonly text: string; readonly clipped: boolean }
  | { readonly kind: 'unseen' };

const UNSEEN: InputLine = { kind: 'unseen' };

/**
 * Reads the input line off the screen (2.1.197 and 2.1.332, both renderers): rows between two rules of `─`, the first beginning with
 * `❯` (`!` in shell mode), the terminal's own cursor at the place of the next key. Dim text is a suggestion, not a draft; the cursor's
 * cell is drawn over its first letter.
 */
export function readInputLine({ text, cursor }: StyledScreen): InputLine {
  const rows = parseCells(text);
  const [top, bottom] = [findRule(rows, cursor.y, -1), findRule(rows, cursor.y, 1)];
  if (top === null || bottom === null) return UNSEEN;
  const box = rows.slice(top + 1, bottom);
  const marker = box[0]?.[0]?.char;
  // The full-screen renderer scrolls a long draft within the box: `─── ↑ 2 more ───`.
  const clipped = /↑ \d+ more/.test(textOf(rows[top] ?? []));
  const isBox = box.every((row, at) =>
    (at === 0 && !clipped ? /^[❯!][\u00a0 ]?$/u : /^\s*$/).test(textOf(row.slice(0, 2))),
  );
  if (!isBox || marker === undefined) return UNSEEN;
  const typed = box
    .map((row) => textOf(row.slice(2).filter((cell, at, cells) => !isSuggested(cell, cells[at + 1]))))
    .join('\n');
  const isEmpty = box.length === 1 && cursor.x === 2 && typed.trim() === '';
  return isEmpty && marker === '❯'
    ? { kind: 'empty' }
    : { kind: 'draft', text: marker === '!' ? `!${typed}` : typed, clipped };
}

/**
 * True when the input line holds this text and nothing else. Blanks do not count (the line wraps, tabs are drawn as blanks), nor does
 * how a terminal draws rare characters; a long paste stands there as one placeholder.
 */
export function holdsOnly(line: InputLine, text: string): boolean {
  if (line.kind !== 'draft') return false;
  if (/^\[Pasted text #\d+( \+\d+ lines)?\]$/.test(line.text.trim())) return true;
  const [shown, given] = [line.text, text].map((one) => one.normalize('NFC').replace(/\s+/g, '')) as [string, string];
  if (shown === '') return false;
  if (line.clipped) return given.includes(shown) || ascii(given).includes(ascii(shown));
  return given === shown || (ascii(shown) !== '' && ascii(given) === ascii(shown));
}

function ascii(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '');
}

interface Cell {
  readonly char: string;
  readonly dim: boolean;
  readonly reverse: boolean;
}

function textOf(cells: readonly Cell[]): string {
  return cells
    .map(({ char }) => char)
    .join('')
    .trimEnd();
}

/** The cursor stands on the first letter of a suggestion, which is not dim itself. */
function isSuggested(cell: Cell, next: Cell | undefined): boolean {
  return cell.dim || (cell.reverse && next?.dim === true);
}

/** The nearest row above or below that is a rule. */
function findRule(rows: readonly (readonly Cell[])[], from: number, step: 1 | -1): number | null {
  for (let at = from + step; at >= 0 && at < rows.length; at += step) if (rows[at]?.[0]?.char === '─') return at;
  return null;
}

/** A style, another escape sequence, or what stands in a cell. */
// eslint-disable-next-line no-control-regex -- the escape sequences of the screen are what is read here
const CELL = /\u001b\[([\d;:]*)m|\u001b(?:\].*?(?:\u0007|\u001b\\)|[()].|.)|(.)/gu;

/** The style goes on from line to line. Only dim (SGR 2) and reverse (SGR 7) matter here. */
function parseCells(text: string): Cell[][] {
  const style = { dim: false, reverse: false };
  return text.split('\n').map((line) => {
    const cells: Cell[] = [];
    for (const [, codes, char] of line.matchAll(CELL)) {
      if (codes !== undefined) applyCodes(codes, style);
      else if (char !== undefined) cells.push({ char, ...style });
    }
    return cells;
  });
}

function applyCodes(codes: string, style: { dim: boolean; reverse: boolean }): void {
  const parts = codes.split(';');
  for (let at = 0; at < parts.length; at++) {
    const code = parts[at] ?? '';
    // 38;5;N and 38;2;R;G;B are a colour: their numbers are no styles.
    if (code === '38' || code === '48' || code === '58') at += parts[at + 1] === '5' ? 2 : 4;
    else if (code === '' || code === '0') Object.assign(style, { dim: false, reverse: false });
    else if (code === '2') style.dim = true;
    else if (code === '22') style.dim = false;
    else if (code === '7') style.reverse = true;
    else if (code === '27') style.reverse = false;
  }
}
