/**
 * Cells that tmux gives to a text, as its own arithmetic counts them (measured on tmux 3.2a to 3.7c, glibc 2.36): character by
 * character, wide ones (CJK, emoji) two, combining marks and joiners none, ambiguous ones one. What versions count differently
 * (WIDER_FROM_3_4, U+FE0F) gets the most that one of them counts, so a text always fits. What is drawn is never wider; a
 * sequence that is joined to one picture (a family) is drawn narrower.
 */
export function width(text: string): number {
  if (isPlain(text)) return text.length;
  let cells = 0;
  for (const grapheme of graphemes(text)) cells += graphemeWidth(grapheme);
  return cells;
}

/** Cuts to at most `cells`, with `end` (one cell) as the last when something was cut; never inside what is read as one character. */
export function cut(text: string, cells: number, end = '…'): string {
  if (width(text) <= cells) return text;
  let taken = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    const next = graphemeWidth(grapheme);
    if (used + next > cells - 1) break;
    taken += grapheme;
    used += next;
  }
  return cells < 1 ? '' : `${taken}${end}`;
}

/** Fills with blanks on the right up to `cells`. */
export function pad(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(0, cells - width(text)));
}

/** What is read as one character each. */
function graphemes(text: string): Iterable<string> {
  return STANDS_ALONE.test(text) ? text : segments(text);
}

/** Letters with accents, arrows, marks, dashes: characters that join with no other. Our own texts are made of these. */
const STANDS_ALONE = /^[\u0020-\u007e\u00a0-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u2bff]*$/;

/** The segmenter is made with its first use: its tables cost more than a fifth of a bare Node's start. */
function* segments(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) yield segment;
}
let segmenter: Intl.Segmenter | undefined;

function isPlain(text: string): boolean {
  return /^[\u0020-\u007e]*$/.test(text);
}

function graphemeWidth(grapheme: string): number {
  let cells = 0;
  for (const character of grapheme) cells += characterWidth(character);
  return grapheme.includes('\ufe0f') ? Math.max(2, cells) : cells;
}

function characterWidth(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (isAmong(WIDER_FROM_3_4, point)) return 2;
  if (isAmong(NARROW, point)) return 1;
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character) || isAmong(JOINED, point)) return 0;
  return isAmong(WIDE, point) || /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
}

function isAmong(ranges: readonly (readonly [number, number])[], point: number): boolean {
  return ranges.some(([from, to]) => point >= from && point <= to);
}

/**
 * One cell up to tmux 3.3a, two from 3.4 on: hands, ball players and what else takes a skin colour. The halves of flags are
 * two in 3.4 and 3.5 only.
 */
const WIDER_FROM_3_4: readonly (readonly [number, number])[] = [
  [0x261d, 0x261d],
  [0x26f9, 0x26f9],
  [0x270c, 0x270d],
  [0x1f1e6, 0x1f1ff],
  [0x1f3cb, 0x1f3cc],
  [0x1f574, 0x1f575],
  [0x1f590, 0x1f590],
];
/** One cell in spite of their kind: the soft hyphen and signs that stand before numbers. */
const NARROW: readonly (readonly [number, number])[] = [
  [0x00ad, 0x00ad],
  [0x0600, 0x0605],
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x303f, 0x303f],
];
/** Vowels and final consonants of Hangul: drawn into the cells of the consonant before. */
const JOINED: readonly (readonly [number, number])[] = [
  [0x1160, 0x11ff],
  [0xd7b0, 0xd7fb],
];
/** East Asian Wide and Fullwidth ranges; of the pictures beyond them those that are emoji by themselves are wide. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18fff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];
