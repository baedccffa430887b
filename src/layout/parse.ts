import { isMap, isNode, isScalar, Lexer, LineCounter, parseDocument, visit, type Document, type YAMLError } from 'yaml';
import type { Diagnostic } from '../base/diagnostics.ts';
import { makeSource, placeOf, type Source } from './source.ts';

/** Characters a layout may have: a 10 MB file took the YAML parser 12 s and 1.3 GB. */
const MAX_CHARACTERS = 1024 * 1024;
/** A layout needs six levels. Deeper input exhausts the parser's stack: 100,000 brackets abort the Node process, past any `catch`. */
const MAX_DEPTH = 24;
const MAX_INDENT = 200;
/** A file with more syntax errors than this is not a layout; the rest says nothing new. */
const MAX_SYNTAX_ERRORS = 20;

export interface Parsed {
  /** Null when the text cannot be read as one YAML map. */
  readonly source: Source | null;
  readonly diagnostics: readonly Diagnostic[];
}

interface File {
  readonly path: string;
  readonly text: string;
}

/** Reads one YAML file. Every refusal is a diagnostic with a place; nothing throws, whatever the text is. */
export function parseSource(file: File): Parsed {
  const refusal = refuseUnread(file);
  if (refusal) return { source: null, diagnostics: [refusal] };
  const lines = new LineCounter();
  // logLevel `error` and not `silent`: silent also hides a second document. Warnings to stderr come with `warn` only.
  // The parser's own search for duplicate keys compares each with each: 60,000 keys took a minute. `checkKeys` does it instead.
  const doc = parseDocument(file.text, {
    schema: 'core',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const syntax = [...doc.errors, ...doc.warnings]
    .slice(0, MAX_SYNTAX_ERRORS)
    .map((found) => syntaxDiagnostic(file, lines, found));
  if (doc.errors.length > 0) return { source: null, diagnostics: syntax };
  const nodes = checkNodes(file, doc, lines);
  const found = [...syntax, ...nodes];
  if (nodes.some(({ code }) => code !== 'duplicate-key')) return { source: null, diagnostics: found };
  return readValue(file, doc, { lines, found });
}

function readValue(
  file: File,
  doc: Document,
  read: { readonly lines: LineCounter; readonly found: readonly Diagnostic[] },
): Parsed {
  const whole = (code: string, message: string, hint: string): Parsed => ({
    source: null,
    diagnostics: [...read.found, atStart(file, { code, message, hint })],
  });
  if (doc.contents === null || (isScalar(doc.contents) && doc.contents.value === null)) {
    return whole('empty-file', 'the file is empty', 'write a layout: "claude-tmux new" makes one to start from');
  }
  if (!isMap(doc.contents))
    return whole('not-a-map', 'a layout is a map of keys to values', 'start with "strategy: component" and "panes:"');
  keepWrittenScalars(doc);
  try {
    return { source: makeSource(file, doc, read.lines), diagnostics: read.found };
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    return whole('alias-bomb', 'aliases (*name) unfold to more than a layout can be', 'write the values out');
  }
}

/** What must be refused before the parser sees it. */
function refuseUnread(file: File): Diagnostic | null {
  if (file.text.length > MAX_CHARACTERS) {
    return atStart(file, {
      code: 'too-big',
      message: 'the file is larger than 1 MiB, which no layout is',
      hint: 'put long prompts into files of their own and name them with prompt_file',
    });
  }
  return isTooDeep(file.text)
    ? atStart(file, {
        code: 'too-deep',
        message: 'the file is nested deeper than any layout',
        hint: 'close the open brackets',
      })
    : null;
}

function isTooDeep(text: string): boolean {
  let flow = 0;
  let indicators = 0;
  let lineStart = true;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow -= 1;
    else if (token === '-' || token === '?') indicators += 1;
    else if (token.startsWith('\n') || token.startsWith('\r')) indicators = 0;
    if (flow > MAX_DEPTH || indicators > MAX_DEPTH || (lineStart && isIndent(token))) return true;
    lineStart = token.startsWith('\n') || token.startsWith('\r');
  }
  return false;
}

function isIndent(token: string): boolean {
  return token.length > MAX_INDENT && token.trim() === '';
}

const SYNTAX: Readonly<Record<string, { readonly code: string; readonly message?: string; readonly hint: string }>> = {
  TAB_AS_INDENT: { code: 'yaml-tab', message: 'a tab cannot indent YAML', hint: 'indent with two spaces' },
  MULTIPLE_DOCS: {
    code: 'several-documents',
    message: 'the file holds several YAML documents',
    hint: 'a layout is one document: remove "---" and what follows',
  },
  TAG_RESOLVE_FAILED: {
    code: 'yaml-tag',
    message: 'a layout has no use for YAML tags',
    hint: 'remove the word that starts with "!", or put the value in quotes',
  },
  BAD_INDENT: { code: 'yaml-indent', hint: 'keys of one map start in the same column; close every [ and {' },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'yaml-syntax',
    message: 'here YAML finds a second ":" in one line',
    hint: 'a value that contains ": " needs quotes',
  },
  BAD_SCALAR_START: { code: 'yaml-syntax', hint: 'put the value in quotes' },
  MISSING_CHAR: { code: 'yaml-syntax', hint: 'a key needs a ":" after it, a quote needs its partner' },
  RESOURCE_EXHAUSTION: {
    code: 'too-deep',
    message: 'the file is nested deeper than any layout',
    hint: 'close the open brackets',
  },
};

function syntaxDiagnostic(file: File, lines: LineCounter, found: YAMLError): Diagnostic {
  const known = SYNTAX[found.code] ?? { code: 'yaml-syntax', hint: 'see "Errors" in docs/layout-file.md' };
  const message = known.message ?? lowerFirst(found.message);
  return {
    severity: 'error',
    code: known.code,
    message,
    place: placeOf(file, lines, [found.pos[0], found.pos[1]]),
    hint: known.hint,
  };
}

/** Aliases without an anchor or inside what they name, keys that are no text, keys written twice. */
function checkNodes(file: File, doc: Document, lines: LineCounter): Diagnostic[] {
  const found: Diagnostic[] = [];
  const report = (range: readonly number[] | null | undefined, code: string, message: string): void => {
    const [from = 0, to = 0] = range ?? [];
    if (found.length < MAX_SYNTAX_ERRORS)
      found.push({ severity: 'error', code, message, place: placeOf(file, lines, [from, to]) });
  };
  visit(doc, {
    Alias(_, node) {
      const target = node.resolve(doc);
      if (!target) report(node.range, 'unknown-alias', `no anchor "&${node.source}" stands before this alias`);
      else if (contains(target.range, node.range))
        report(node.range, 'alias-cycle', `the alias "*${node.source}" stands inside what it names`);
    },
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) report(rangeOf(key), 'key-not-text', 'a key must be a plain word');
        else if (seen.has(String(key.value)))
          report(key.range, 'duplicate-key', `the key "${String(key.value)}" is written twice in one map`);
        else seen.add(String(key.value));
      }
    },
  });
  return found;
}

function rangeOf(node: unknown): readonly number[] | null | undefined {
  return isNode(node) ? node.range : null;
}

function contains(outer: readonly number[] | null | undefined, inner: readonly number[] | null | undefined): boolean {
  if (!outer || !inner) return false;
  return (outer[0] ?? 0) <= (inner[0] ?? 0) && (inner[1] ?? 0) <= (outer[1] ?? 0);
}

/** `env: {VERSION: 1.10}` means the text 1.10, not the number 1.1. */
function keepWrittenScalars(doc: Document): void {
  visit(doc, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== 'env' || !isMap(pair.value)) return;
      for (const { value } of pair.value.items) {
        if (isScalar(value) && (typeof value.value === 'number' || typeof value.value === 'boolean'))
          value.value = value.source ?? String(value.value);
      }
    },
  });
}

function atStart(
  file: File,
  what: { readonly code: string; readonly message: string; readonly hint: string },
): Diagnostic {
  return { severity: 'error', ...what, place: { path: file.path, line: 1, column: 1, length: 1 } };
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
