import { closest } from '../base/text.ts';

/** A longer word is no slip of any name here, and comparing it would cost time and memory in proportion. */
const LONGEST = 60;

/** The one of `known` that `word` was probably meant to be; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  return word.length > LONGEST ? null : closest(word, known);
}
