/**
 * The gate for text on its way to a terminal or into JSON. Everything that a terminal acts on or does not draw becomes its
 * escape (`\u202e`): control and C1 characters, bidi controls, zero-width and tag characters, line separators, lone surrogates.
 * Only a newline and a tab pass. Inside a JSON text the escapes are JSON's own, so its value stays equal.
 */
export function visible(text: string): string {
  return PLAIN.test(text)
    ? text
    : text.replace(UNSAFE, (character, at: number) => (mayStay(character, at, text) ? character : escapeOf(character)));
}

/** The same for a text with colours of ours in it: what `paint` writes passes, and no other escape sequence. */
export function visiblePainted(text: string): string {
  return passing(text, OWN_COLOR);
}

/** The same for the progress display, which also moves up and clears below. */
export function visibleDrawing(text: string): string {
  return passing(text, OWN_DRAWING);
}

function passing(text: string, own: RegExp): string {
  return text
    .split(own)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');
}

const PLAIN = /^[\n\t\u0020-\u007e]*$/;
/** What `paint` writes: a foreground colour and its end. */
const COLOR = String.raw`\u001b\[(?:3[0-7]|39|9[0-7]|38;5;\d{1,3}|38;2;\d{1,3};\d{1,3};\d{1,3})m`;
const OWN_COLOR = new RegExp(`(${COLOR})`);
const OWN_DRAWING = new RegExp(String.raw`(${COLOR}|\u001b\[\d{1,3}A|\u001b\[J)`);
const UNSAFE =
  /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\ufff9-\ufffb]/gu;

/** Joiners and variation selectors belong to a word or an emoji when they stand between its parts; anywhere else they hide something. */
function mayStay(character: string, at: number, text: string): boolean {
  const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? '';
  if (JOINER.test(character)) {
    const isAfterPart = SELECTOR.test(before) ? mayStay(before, at - 1, text) : JOINED.test(before);
    return isAfterPart && JOINED.test(String.fromCodePoint(text.codePointAt(at + 1) ?? 0));
  }
  if (SELECTOR.test(character)) return SELECTED.test(before);
  return /[\u{e0100}-\u{e01ef}]/u.test(character) && /\p{Script=Han}/u.test(before);
}

const JOINER = /^[\u200c\u200d]$/;
const SELECTOR = /^[\ufe00-\ufe0f]$/;
/** Letters of scripts that join, and emoji with what modifies them. */
const JOINED =
  /^(?![\p{ASCII}\p{Script=Latin}\p{Default_Ignorable_Code_Point}])[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u;
const SELECTED = /^(?:[0-9#*]|(?![\p{ASCII}\p{Default_Ignorable_Code_Point}])[\p{L}\p{S}\p{P}\p{Emoji_Modifier}])$/u;

/** In UTF-16 units, as JSON writes it. */
function escapeOf(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
