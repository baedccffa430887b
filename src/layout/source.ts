import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type LineCounter, type Node, type Pair } from 'yaml';
import type { Place } from '../base/diagnostics.ts';
import type { KeyPath } from './problem.ts';

/** One parsed file: its value, and where in the text each key and value stands. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly value: unknown;
  /** Where the value at `path` stands, or its key; null when the file does not have it. */
  locate(path: KeyPath, at: 'key' | 'value'): Place | null;
}

/** A `Source` over a document without syntax errors. */
export function makeSource(
  file: { readonly path: string; readonly text: string },
  doc: Document,
  lines: LineCounter,
): Source {
  const place = (range: readonly [number, number]): Place => placeOf(file, lines, range);
  return {
    ...file,
    value: doc.toJS({ maxAliasCount: 100 }),
    locate(path, at) {
      const found = find(doc, path);
      if (!found) return null;
      const node = at === 'key' ? (found.key ?? found.value) : (found.value ?? found.key);
      const range = node?.range ?? found.key?.range;
      return range ? place([range[0], range[1]]) : null;
    },
  };
}

/** The place of a range of offsets; it ends with the line it starts on. */
export function placeOf(
  file: { readonly path: string; readonly text: string },
  lines: LineCounter,
  range: readonly [number, number],
): Place {
  const { line, col } = lines.linePos(range[0]);
  const lineEnd = file.text.slice(range[0], range[1]).search(/\r?\n/);
  const end = lineEnd < 0 ? range[1] : range[0] + lineEnd;
  return { path: file.path, line: Math.max(1, line), column: Math.max(1, col), length: Math.max(1, end - range[0]) };
}

interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
}

function find(doc: Document, path: KeyPath): Found | null {
  let found: Found = { key: null, value: doc.contents };
  for (const step of path) {
    const next = child(doc, found.value, step);
    if (!next) return null;
    found = next;
  }
  return found;
}

function child(doc: Document, node: Node | null, step: string | number): Found | null {
  const parent = isAlias(node) ? (node.resolve(doc) ?? null) : node;
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return isNode(item) ? { key: null, value: item } : null;
  }
  if (!isMap(parent)) return null;
  const pair = parent.items.find((item) => keyText(item) === String(step));
  if (pair) return { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
  return merged(doc, parent.items, step);
}

/** A key that came in through `<<: *anchor`, or `<<: [*a, *b]`. */
function merged(doc: Document, items: readonly Pair[], step: string | number): Found | null {
  const merge = items.find((item) => keyText(item) === '<<')?.value;
  const parents = isSeq(merge) ? merge.items : [merge];
  for (const parent of parents) {
    const found = isNode(parent) ? child(doc, parent, step) : null;
    if (found) return found;
  }
  return null;
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? (typeof pair.key.value === 'symbol' ? '<<' : String(pair.key.value)) : String(pair.key);
}
