/** Cells a terminal gives to a text: wide (CJK, emoji) count two, combining marks and joiners none. */
export function width(text: string): number {
  let cells = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) cells += graphemeWidth(segment);
  return cells;
}

/** Cuts to at most `cells`, with `…` as the last cell when something was cut. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  let taken = '';
  let used = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    const next = graphemeWidth(segment);
    if (used + next > cells - 1) break;
    taken += segment;
    used += next;
  }
  return `${taken}…`;
}

/** Fills with blanks on the right up to `cells`. */
export function pad(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - width(text)));
}

function graphemeWidth(grapheme: string): number {
  const first = grapheme.codePointAt(0) ?? 0;
  if (/^\p{Mark}|^\p{Cf}/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}/u.test(grapheme) || grapheme.includes('\ufe0f')) return 2;
  return isWide(first) ? 2 : 1;
}

/** East Asian Wide and Fullwidth ranges of Unicode 15. */
function isWide(point: number): boolean {
  return WIDE.some(([from, to]) => point >= from && point <= to);
}
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];
