import { unbroken } from '../base/text.ts';

/** Longest text kept of a prompt or another detail, in characters. */
const LONGEST = 200;

/** One line, at most 200 characters, `…` at the end of what was cut. */
export function shorten(text: string | null): string | null {
  if (text === null) return null;
  const line = unbroken(text).replace(/ +/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/**
 * A prompt without the tags that Claude Code puts around a paste of more than 800 characters, or of three line breaks and more
 * (2.1.332; 2.1.197 puts none). The id is the same at both ends; the end is missing where the JSON was cut.
 */
export function withoutPasteTags(prompt: string): string {
  const paste = /\n{0,2}<pasted_content id="([0-9a-f]{4})">\n([\s\S]*?)(?:\n<\/pasted_content id="\1">\n{0,2}|$)/g;
  return prompt.replace(paste, (_whole, _id, body: string) => `\n${body.replace(BROKEN_TAG, '<')}\n`).trim();
}

/** A tag inside a paste gets a backslash, so that it cannot pass for the end of the paste. */
const BROKEN_TAG = /<\\(?=\/?pasted_content)/g;

/**
 * True when `kept` is what is kept of the prompt `text`, whatever Claude Code changed on the way: tags around a paste, é of two code
 * points made one, line ends, and invisible characters (2.1.332 drops U+202E and its like).
 */
export function isKeptOf(kept: string, text: string): boolean {
  const [whole, isCut] = [essence(text), kept.length === LONGEST && kept.endsWith('…')];
  if (!isCut) return essence(kept) === whole;
  // The cut may be in the middle of a tag, or between the two code points of one character.
  return whole.startsWith(essence(kept.slice(0, -1).replace(CUT_TAG, '').slice(0, -1)));
}

const CUT_TAG = /<\\?\/?(?:p(?:a(?:s(?:t(?:e(?:d(?:_[a-z]*)?)?)?)?)?)?)?(?: [^<>]*)?$/;

/** What two ways of writing one prompt have in common. */
function essence(text: string): string {
  const tag = /<\\?\/?pasted_content id="[0-9a-f]{4}">/g;
  return text.replace(tag, '').replace(BROKEN_TAG, '<').normalize('NFC').replace(UNSEEN, '');
}

// eslint-disable-next-line no-control-regex -- control characters are among what is left out
const UNSEEN = /[\s\u0000-\u001f\u007f-\u009f\p{Cf}\p{Co}\p{Cn}]/gu;
