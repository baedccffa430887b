import { pasted } from '../base/pasted.ts';
import { paint } from '../base/paint.ts';
import { oneLine } from '../base/text.ts';
import { cut, pad, width } from '../base/width.ts';
import { SHOWN_FILES, type SyncOutcome, type SyncReport, type SyncRow } from '../plan/syncResult.ts';
import type { TextStyle } from './renderText.ts';

/** What became of each session, as a table for people: id, outcome, commits, and why or which files. */
export function renderSyncText(report: SyncReport, style: Pick<TextStyle, 'color' | 'columns'>): string {
  const rows = report.sessions.map((row) => [
    oneLine(row.id),
    outcome(row, report.dry_run),
    commits(row),
    remark(row, report),
  ]);
  const widths = [0, 1, 2].map((at) => Math.min(48, Math.max(1, ...rows.map((row) => width(row[at] ?? '')))));
  const lines = report.sessions.map((row, at) => renderRow(row, rows[at] ?? [], { widths, style }));
  const head = `${oneLine(report.fleet)}${report.dry_run ? ' (dry run: nothing was changed)' : ''}`;
  const unfetched = report.unreachable.map(
    ({ url, reason }) => `  nothing is known of what is new in ${oneLine(url)}: ${oneLine(reason)}`,
  );
  return [head, ...lines, ...unfetched].map((line) => `${line}\n`).join('');
}

function renderRow(
  row: SyncRow,
  cells: readonly string[],
  { widths, style }: { readonly widths: readonly number[]; readonly style: Pick<TextStyle, 'color' | 'columns'> },
): string {
  const [id = '', what = '', count = '', why = ''] = cells;
  const [first = 0, second = 0, third = 0] = widths;
  const left = style.columns - first - second - third - 8;
  const shown = [
    pad(cut(id, first), first),
    paint(pad(cut(what, second), second), COLORS[row.outcome], style.color),
    pad(cut(count, third), third),
    left < 20 ? why : cut(why, left),
  ];
  const notes = row.notes.map((note) => `\n      ${oneLine(note)}`).join('');
  return `  ${shown.join('  ').trimEnd()}${notes}`;
}

const COLORS: Readonly<Record<SyncOutcome, string>> = {
  current: 'default',
  forwarded: 'green',
  rebased: 'green',
  merged: 'green',
  landed: 'blue',
  conflict: 'red',
  failed: 'red',
  skipped: 'yellow',
  queued: 'cyan',
};

function outcome({ outcome, base }: SyncRow, isDryRun: boolean): string {
  const on = oneLine(base ?? 'its base');
  const words: Readonly<Record<SyncOutcome, string>> = {
    current: `up to date with ${on}`,
    forwarded: `${isDryRun ? 'would move' : 'moved'} forward to ${on}`,
    rebased: `${isDryRun ? 'would be rebased' : 'rebased'} onto ${on}`,
    merged: `${isDryRun ? 'would merge' : 'merged'} ${on}`,
    landed: 'merged upstream already',
    conflict: `conflict with ${on}`,
    failed: 'failed',
    skipped: 'skipped',
    queued: 'waits until it is idle',
  };
  return words[outcome];
}

/** `3 new, 2 replayed`: commits that came in, and own ones that were made anew. */
function commits({ outcome, brought, made, dropped }: SyncRow): string {
  if (outcome !== 'forwarded' && outcome !== 'rebased' && outcome !== 'merged') return '';
  return [
    `${brought} new`,
    outcome === 'rebased' && made > 0 ? `${made} replayed` : '',
    dropped > 0 ? `${dropped} there already` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function remark({ id, outcome, files, reason }: SyncRow, { fleet }: SyncReport): string {
  const next =
    outcome === 'landed' ? `; next: ${pasted`task ${id} "…"`} or ${pasted`close ${id}`} (fleet ${oneLine(fleet)})` : '';
  const listed =
    files.slice(0, SHOWN_FILES).map(oneLine).join(', ') +
    (files.length > SHOWN_FILES ? `, and ${files.length - SHOWN_FILES} more` : '');
  return [
    listed,
    reason === null ? '' : `${oneLine(reason)}${next}`,
    outcome === 'conflict' ? 'nothing was changed' : '',
  ]
    .filter((part) => part !== '')
    .join('; ');
}
