import { isObject } from './json.ts';

/** Where a value stands in a text: from `start` up to, not including, `end`. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface Member {
  readonly key: string;
  /** Of the key with its quotes. */
  readonly name: Span;
  readonly value: Span;
}

/**
 * The JSON text with `value` at `path`, and every other byte as it was: order, unknown keys, numbers and white space included. Objects
 * that are missing on the way are made. Null when the text is no JSON object, or something that is no object stands on the way.
 */
export function spliceJson(text: string, path: readonly string[], value: boolean): string | null {
  if (!isObject(parsed(text))) return null;
  return splice({ text, unit: indentOf(text) }, { at: skipSpace(text, 0), path, value, depth: 0 });
}

/** A byte order mark is not JSON, and stays in front of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.startsWith(BOM) ? text.slice(1) : text);
  } catch {
    return null;
  }
}
const BOM = '\ufeff';

interface Source {
  readonly text: string;
  /** What stands before the members of the outermost object: a line end and the indentation; '' for a text in one line. */
  readonly unit: string;
}

interface Target {
  /** Where the object begins. */
  readonly at: number;
  readonly path: readonly string[];
  readonly value: boolean;
  readonly depth: number;
}

function splice(source: Source, { at, path, value, depth }: Target): string | null {
  const { text } = source;
  const [key = '', ...rest] = path;
  const { members, end } = readObject(text, at);
  // Of two members with one name the last one counts.
  const found = members.findLast((member) => member.key === key);
  if (found === undefined) return insert(source, { members, end, depth, key, value: nested(rest, value) });
  if (rest.length === 0) return text.slice(0, found.value.start) + JSON.stringify(value) + text.slice(found.value.end);
  return text[found.value.start] === '{'
    ? splice(source, { at: found.value.start, path: rest, value, depth: depth + 1 })
    : null;
}

/** `{"a":{"b":true}}` for the path a, b. */
function nested(path: readonly string[], value: boolean): unknown {
  return path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

interface Insertion {
  readonly members: readonly Member[];
  /** Behind the object's brace. */
  readonly end: number;
  readonly depth: number;
  readonly key: string;
  readonly value: unknown;
}

/** As its last member, spaced as the one before it; in an empty object as the outermost one is. */
function insert({ text, unit }: Source, { members, end, depth, key, value }: Insertion): string {
  const last = members.at(-1);
  const [, newline = '', indent = ''] = /^(\r?\n)?([ \t]*)/.exec(unit) ?? [];
  const before =
    last === undefined ? (unit === '' ? '' : newline + indent.repeat(depth + 1)) : spaceBefore(text, last.name.start);
  const colon = last === undefined ? (unit === '' ? ':' : ': ') : text.slice(last.name.end, last.value.start);
  const inner = before.includes('\n')
    ? JSON.stringify(value, null, indent).replaceAll('\n', before)
    : JSON.stringify(value);
  const member = before + JSON.stringify(key) + colon + inner;
  if (last !== undefined) return `${text.slice(0, last.value.end)},${member}${text.slice(last.value.end)}`;
  const after = unit === '' ? '' : newline + indent.repeat(depth);
  return `${text.slice(0, end - 1).trimEnd()}${member}${after}${text.slice(end - 1)}`;
}

function spaceBefore(text: string, at: number): string {
  return /[ \t\r\n]*$/.exec(text.slice(0, at))?.[0] ?? '';
}

/** Of the first member; two blanks a level, as Claude Code writes it, where there is none. */
function indentOf(text: string): string {
  const [first] = readObject(text, skipSpace(text, 0)).members;
  if (first === undefined) return '\n  ';
  const space = spaceBefore(text, first.name.start);
  return space.includes('\n') ? `${space.includes('\r\n') ? '\r\n' : '\n'}${/[ \t]*$/.exec(space)?.[0] ?? ''}` : '';
}

/** The members of the object that begins at `at`. The text is known to be JSON. */
function readObject(text: string, at: number): { readonly members: readonly Member[]; readonly end: number } {
  const members: Member[] = [];
  let next = skipSpace(text, at + 1);
  while (text[next] !== '}') {
    const name = { start: next, end: endOfText(text, next) };
    const start = skipSpace(text, skipSpace(text, name.end) + 1);
    const value = { start, end: endOfValue(text, start) };
    members.push({ key: String(JSON.parse(text.slice(name.start, name.end))), name, value });
    next = skipSpace(text, value.end);
    if (text[next] === ',') next = skipSpace(text, next + 1);
  }
  return { members, end: next + 1 };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \t\r\n\ufeff'.includes(text[at] ?? '.')) at++;
  return at;
}

/** Behind the quote that closes the text which begins at `at`. */
function endOfText(text: string, at: number): number {
  let end = at + 1;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
}

function endOfValue(text: string, at: number): number {
  let depth = 0;
  for (let end = at; ;) {
    const sign = text[end] ?? '';
    if (sign === '"') end = endOfText(text, end);
    else end++;
    if (sign === '{' || sign === '[') depth++;
    if (sign === '}' || sign === ']') depth--;
    if (depth === 0 && (sign === '"' || sign === '}' || sign === ']' || /[\s,\]}]|^$/.test(text[end] ?? '')))
      return end;
  }
}
