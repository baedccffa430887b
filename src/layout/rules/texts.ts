import { error, type KeyPath, type Problem } from '../problem.ts';
import type { Facts } from './facts.ts';

/** Keys whose text may have several lines: it goes to a shell or an agent, never into a label, a path or a name. */
const FREE_TEXT = new Set(['prompt', 'setup', 'run', 'env', 'command', 'args']);
/** Keys whose text is shown or becomes a name. */
const SHORT = new Set([
  'name',
  'id',
  'component',
  'task',
  'priority',
  'stage',
  'branch',
  'base',
  'color',
  'template',
  'in',
  'teleport',
  'model',
  'effort',
]);
const MAX_SHORT = 200;
const MAX_LINE = 4096;
/** Control characters, line separators, and the marks that reverse the direction of what follows. */
// eslint-disable-next-line no-control-regex -- control characters are what this looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Texts that cannot be shown on one line, or are too long for what they name. */
export function textRules({ draft }: Facts): readonly Problem[] {
  return Object.entries(draft).flatMap(([key, value]) => (key.startsWith('x-') ? [] : walk(value, [key])));
}

function walk(value: unknown, path: KeyPath): Problem[] {
  if (typeof value === 'string') return checkText(value, path);
  // A layout's values are six levels deep; unknown keys may hold anything and have been reported.
  if (typeof value !== 'object' || value === null || path.length > 8) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    walk(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function checkText(text: string, path: KeyPath): Problem[] {
  const key = path.findLast((step) => typeof step === 'string') ?? '';
  const shown = `"${key}"`;
  if (text.includes('\u0000'))
    return [error('nul-character', path, `${shown} holds a NUL character, which no program can be given`)];
  if (/\p{Surrogate}/u.test(text))
    return [
      error('broken-text', path, `${shown} holds half of a character`, 'write the character itself instead of "\\ud…"'),
    ];
  if (path.some((step) => FREE_TEXT.has(String(step)))) return [];
  if (UNPRINTABLE.test(text))
    return [
      error(
        'control-character',
        path,
        `${shown} holds a line break or another character that cannot be shown`,
        'write it on one line, without control characters',
      ),
    ];
  const limit = SHORT.has(key) ? MAX_SHORT : MAX_LINE;
  return text.length > limit
    ? [error('too-long', path, `${shown} has ${text.length} characters; at most ${limit} are of use`)]
    : [];
}
