import type { Diagnostic } from '../base/diagnostics.ts';

/** Keys and list positions that lead to a value: `['panes', 0, 'name']`. */
export type KeyPath = readonly (string | number)[];

/** A diagnostic before it has a place: rules speak of keys, `Source` knows where those stand. */
export interface Problem {
  readonly severity: Diagnostic['severity'];
  readonly code: string;
  readonly message: string;
  readonly path: KeyPath;
  /** Point at the key instead of its value. */
  readonly at?: 'key' | 'value';
  readonly hint?: string | undefined;
  /** The key that is missing in the map at `path`. */
  readonly missing?: string;
  /** The key that an unknown one was probably meant to be. */
  readonly meant?: string;
}

/** Without the keys that are missing only because they are misspelt: that is one mistake, and said once. */
export function withoutFollowUps(problems: readonly Problem[]): readonly Problem[] {
  const meant = new Set(
    problems.flatMap(({ meant: key, path }) => (key === undefined ? [] : [[...path.slice(0, -1), key].join('\n')])),
  );
  return problems.filter(({ missing, path }) => missing === undefined || !meant.has([...path, missing].join('\n')));
}

/** Characters of a message: it may quote a value of any length. */
const LONGEST = 400;

export function error(code: string, path: KeyPath, message: string, hint?: string): Problem {
  return { severity: 'error', code, path, message: shorten(message), hint };
}

export function warning(code: string, path: KeyPath, message: string, hint?: string): Problem {
  return { severity: 'warning', code, path, message: shorten(message), hint };
}

function shorten(message: string): string {
  return message.length > LONGEST ? `${Array.from(message).slice(0, LONGEST).join('')}…` : message;
}
