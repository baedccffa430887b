import type { Diagnostic } from '../base/diagnostics.ts';
import { paint } from '../base/paint.ts';
import { visible } from '../base/visible.ts';
import { cut, width } from '../base/width.ts';

/** Cells of a source line that are shown; a longer line is cut around the place. */
const FRAME = 100;

/**
 * Diagnostics as text for a terminal: `path:line:col  error[code]  message`, the line with a caret, a hint. `texts` holds the files by path.
 * Whatever the file holds is shown and never sent: control characters and escape sequences appear as `\u001b`.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  options: { readonly color: boolean },
): string {
  return diagnostics
    .map((diagnostic) => renderOne(diagnostic, texts.get(diagnostic.place.path), options.color))
    .join('\n');
}

function renderOne(
  { severity, code, message, place, hint }: Diagnostic,
  text: string | undefined,
  color: boolean,
): string {
  const tone = severity === 'error' ? 'red' : 'yellow';
  const head = `${shown(place.path)}:${place.line}:${place.column}  ${paint(`${severity}[${code}]`, tone, color)}  ${shown(message)}`;
  const line = lineAt(text, place.line);
  const frame = line === null ? [] : frameLines(line, place, (caret) => paint(caret, tone, color));
  return [head, ...frame, ...(hint === undefined ? [] : [`    hint: ${shown(hint)}`]), ''].join('\n');
}

function lineAt(text: string | undefined, line: number): string | null {
  // A text without a line break in its first MiB is refused unread: splitting it would be the only cost left.
  return text === undefined || text.length > 1024 * 1024
    ? null
    : (text.split('\n')[line - 1]?.replace(/\r$/, '') ?? null);
}

function frameLines(line: string, place: Diagnostic['place'], paintCaret: (caret: string) => string): string[] {
  if (line.trim() === '') return [];
  const start = Math.min(place.column - 1, line.length);
  const from = start > FRAME - 20 ? start - 20 : 0;
  const before = (from > 0 ? '…' : '') + shown(line.slice(from, start));
  const rest = line.slice(start);
  const marked = shown(rest.slice(0, place.length));
  const row = cut(before + marked + shown(rest.slice(place.length)), FRAME);
  const caret = '^'.repeat(Math.max(1, Math.min(width(marked), FRAME - width(before))));
  const gutter = String(place.line).padStart(5);
  return [`${gutter} | ${row}`, `${' '.repeat(gutter.length)} | ${' '.repeat(width(before))}${paintCaret(caret)}`];
}

/** Tabs become two blanks; everything else that a terminal would act on becomes its escape. */
function shown(text: string): string {
  return visible(text.replaceAll('\t', '  ').replaceAll('\n', '\\u000a'));
}
