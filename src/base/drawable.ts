import { oneLine } from './text.ts';

/**
 * A text in which every character has a width in tmux, and none turns the direction of the text after it; what has none becomes `�`.
 *
 * tmux 3.3a takes widths from the C library, drops a character that it does not know from the status line, and never comes back
 * from `#{w:…}` or `#{=-9:…}` of a text that holds one: the server hangs. So nothing newer than Unicode 14 (glibc 2.35, the
 * oldest beside tmux 3.2a in common distributions) is let through, whatever this Node knows.
 */
export function drawable(text: string): string {
  return oneLine(text.replace(BIDI, '').replace(/\p{Cs}/gu, '\ufffd')).replace(UNKNOWN, '\ufffd');
}

/** Embeddings, overrides and isolates; the marks that join letters stay. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Unassigned characters, lone surrogates, what came into the first plane after Unicode 14, and of the others all but what labels are made of. */
const UNKNOWN = new RegExp(
  [
    String.raw`[\p{Cn}\p{Cs}]`,
    String.raw`[\u088f\u0897\u0c5c\u0cdc\u0cf3\u0ece\u1acf-\u1aff\u1b4e\u1b4f\u1b7f\u1c89\u1c8a\u20c1\u2427-\u2429\u2b96\u2ffc-\u2fff\u31e4\u31e5\u31ef\ua7cb-\ua7cf\ua7d2\ua7d4\ua7da-\ua7dc\ua7f1\ufbc3-\ufbd2\ufd90\ufd91\ufdc8-\ufdce]`,
    String.raw`(?![\u{1d400}-\u{1d7ff}\u{1f000}-\u{1f6d7}\u{1f6dd}-\u{1f773}\u{1f780}-\u{1f7d8}\u{1f7e0}-\u{1f8af}\u{1f900}-\u{1fa53}\u{1fa60}-\u{1fa6d}\u{1fb00}-\u{1fbca}\u{1fbf0}-\u{1fbf9}\u{20000}-\u{2a6df}\u{2a700}-\u{2b738}\u{2b740}-\u{2cea1}\u{2ceb0}-\u{2ebe0}\u{2f800}-\u{2fa1d}\u{30000}-\u{3134a}\u{e0020}-\u{e007f}\u{e0100}-\u{e01ef}\u{f0000}-\u{ffffd}\u{100000}-\u{10fffd}])(?![\u{1fa70}-\u{1fa74}\u{1fa78}-\u{1fa7c}\u{1fa80}-\u{1fa86}\u{1fa90}-\u{1faac}\u{1fab0}-\u{1faba}\u{1fac0}-\u{1fac5}\u{1fad0}-\u{1fad9}\u{1fae0}-\u{1fae7}\u{1faf0}-\u{1faf6}])[\u{10000}-\u{10ffff}]`,
  ].join('|'),
  'gu',
);
