import { visible } from './visible.ts';

/**
 * One line of text for a terminal: line ends and tabs become a space, all else that a terminal acts on or does not draw its escape. A
 * label or path never moves the cursor, breaks a line, or reads as something else.
 */
export function oneLine(text: string): string {
  return visible(text.replace(/[\t-\r\u0085\u2028\u2029]/g, ' '));
}

/** The same for what somebody agrees to: a line end in a command is seen as one. */
export function exactLine(text: string): string {
  return visible(text).replaceAll('\n', '\\u000a').replaceAll('\t', '\\u0009');
}

/** The same text as data, to be kept or compared: on one line, and nothing else changed. */
export function unbroken(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this replaces
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

/** A short name for folders and commands: lower-case ASCII letters, digits and `-`, at most 40 characters; '' when nothing is left. */
export function slug(text: string): string {
  const ascii = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
  return ascii
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
}

/**
 * The one of `known` that `word` was probably meant to be: the nearest (Damerau-Levenshtein, a third of the length), else the only one that
 * begins with it; null when there is none.
 */
export function closest(word: string, known: readonly string[]): string | null {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known
    .map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= limit);
  ranked.sort((a, b) => a.far - b.far);
  const [begun, ...more] = word === '' ? [] : known.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()));
  return ranked[0]?.name ?? (more.length === 0 ? (begun ?? null) : null);
}

/** `1 commit`, `2 commits`; `many` where more than one is not said with an `s` at the end. */
export function plural(number: number, what: string, many = `${what}s`): string {
  return `${number} ${number === 1 ? what : many}`;
}

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
