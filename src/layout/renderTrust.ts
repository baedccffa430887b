import { visible } from '../base/visible.ts';
import type { TrustRow } from './trustTable.ts';

/** A row as it was shown when the layout was trusted. `digest` stands for what was not shown. */
export interface ShownRow {
  readonly pane: string | null;
  readonly key: string;
  readonly text: string;
  readonly digest: string | null;
}

/** Everything a layout makes run or say: one line for each pane, what several have in common once, then what the agents are told. */
export function renderTrust(rows: readonly TrustRow[]): string {
  const panes = [...new Set(rows.flatMap(({ pane }) => (pane === null ? [] : [pane])))];
  const placed = (place: TrustRow['place']): readonly TrustRow[] => rows.filter((row) => row.place === place);
  const lines = grouped(
    panes.map((pane) => ({ pane, text: paneLine(placed('line').filter((row) => row.pane === pane)) })),
    panes,
  );
  const prompts = grouped(placed('prompt'), panes);
  return [
    'It makes this run:',
    ...lines.map(({ who, text }) => entry(who, text)),
    ...grouped(placed('below'), panes).map(({ who, text }) => entry(who, text)),
    ...(prompts.length === 0
      ? []
      : ['and tells the agents:', ...prompts.map(({ who, text }) => quote(`  ${who}:`, text))]),
  ].join('\n');
}

/** What differs from the rows that were trusted; null when these rows say the same. */
export function renderTrustChanges(
  before: readonly ShownRow[],
  now: readonly (ShownRow & { readonly place: TrustRow['place'] })[],
): string | null {
  const panes = [...new Set(now.flatMap(({ pane }) => (pane === null ? [] : [pane])))];
  const gone = before.filter((old) => !now.some((row) => isSame(old, row)));
  const come = now.filter((row) => !before.some((old) => isSame(old, row)));
  const isHidden = (row: ShownRow): boolean =>
    gone.some((old) => isSame({ ...old, digest: null }, { ...row, digest: null }));
  const hidden = come.filter(isHidden);
  const shown = come.filter((row) => !isHidden(row));
  const left = gone.filter((old) => !hidden.some((row) => isSame({ ...old, digest: null }, { ...row, digest: null })));
  const lines = [
    ...grouped(
      left.map((row) => ({ ...row, text: withoutLines(row, shown) })),
      panes,
    ).map(({ who, text }) => signed('-', who, text)),
    ...grouped(
      shown.map((row) => ({ ...row, text: withoutLines(row, left) })),
      panes,
    ).map(({ who, text }) => signed('+', who, text)),
    ...grouped(hidden, panes).map(({ who, text }) => signed('~', who, `${text}: what is not shown of it changed`)),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

/** The pane's own work first, the rest in brackets behind it. */
function paneLine(rows: readonly TrustRow[]): string {
  const [work = '', ...rest] = rows.map(({ text }) => text);
  return rest.length === 0 ? work : `${work}${work.includes('\n') ? '\n' : ' '}(${rest.join(', ')})`;
}

interface Group {
  readonly who: string;
  readonly text: string;
}

/** Equal texts once, with the panes they belong to; what all panes have in common names none. */
function grouped(
  rows: readonly { readonly pane: string | null; readonly text: string }[],
  panes: readonly string[],
): readonly Group[] {
  const byText = new Map<string, string[]>();
  for (const { pane, text } of rows) byText.set(text, [...(byText.get(text) ?? []), ...(pane === null ? [] : [pane])]);
  return [...byText].map(([text, ids]) => ({
    who: ids.length > 1 && ids.length === panes.length ? 'each pane' : [...new Set(ids)].join(', '),
    text,
  }));
}

/** Of a text of several lines, those that its counterpart does not have; the whole when only their order differs. */
function withoutLines(row: ShownRow, others: readonly ShownRow[]): string {
  const counterpart = others.filter(({ pane, key }) => pane === row.pane && key === row.key);
  const [only] = counterpart;
  if (only === undefined || counterpart.length > 1 || !row.text.includes('\n')) return row.text;
  const theirs = new Set(only.text.split('\n'));
  const rest = row.text.split('\n').filter((line) => !theirs.has(line));
  return rest.length === 0 ? row.text : rest.join('\n');
}

function isSame(a: ShownRow, b: ShownRow): boolean {
  return a.pane === b.pane && a.key === b.key && a.text === b.text && a.digest === b.digest;
}

function signed(sign: string, who: string, text: string): string {
  const [first, ...more] = entry(who, text).slice(2).split('\n');
  return [`  ${sign} ${first ?? ''}`, ...more.map((line) => `  ${sign} ${line}`)].join('\n');
}

function entry(who: string, text: string): string {
  return text.includes('\n')
    ? quote(`  ${who === '' ? '' : `${who}:`}`, text)
    : `  ${who === '' ? '' : `${oneRow(who)}: `}${oneRow(text)}`;
}

/** A text of several lines stands behind a rule: no line of it can pass for one of the question's own. */
function quote(head: string, text: string): string {
  return [
    oneRow(head),
    ...text
      .replace(/\n$/, '')
      .split('\n')
      .map((line) => `    | ${oneRow(line)}`),
  ].join('\n');
}

function oneRow(text: string): string {
  return visible(text).replaceAll('\t', '  ').replaceAll('\n', ' ');
}
