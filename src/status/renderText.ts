import { describeSpan } from '../base/ago.ts';
import { paint } from '../base/paint.ts';
import { oneLine, plural } from '../base/text.ts';
import { cut, pad, width } from '../base/width.ts';
import { describeBranch, isUp, type FleetStatus, type SessionStatus, type StatusReport } from './report.ts';
import { lookOf } from './states.ts';

export interface TextStyle {
  readonly color: boolean;
  /** Cells a line may take; Infinity when the output is no terminal. */
  readonly columns: number;
  /** True shows the sessions of fleets that are down too. */
  readonly whole: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True where only ASCII can be drawn. */
  readonly ascii?: boolean;
}

/** The report as a table for each fleet that is up, and a line for each that is down; `whole` gives those a table too. */
export function renderStatusText(report: StatusReport, style: TextStyle): string {
  if (report.fleets.length === 0) return 'no fleet is recorded; `claude-tmux up` brings one up\n';
  const shown = report.fleets.filter((fleet) => style.whole || isUp(fleet)).map((fleet) => renderFleet(fleet, style));
  const folded = style.whole
    ? []
    : report.fleets.filter((fleet) => !isUp(fleet)).map((fleet) => downLine(fleet, style));
  return [...shown, ...(folded.length === 0 ? [] : [folded.join('')])].join('\n');
}

/** `shop is down, 3 sessions`, within the width. */
function downLine({ name, sessions }: FleetStatus, { columns }: TextStyle): string {
  const line = `${oneLine(name)} is down, ${plural(sessions.length, 'session')}`;
  return `${cut(line, Math.min(columns, 200))}\n`;
}

function renderFleet(fleet: FleetStatus, style: TextStyle): string {
  const rows = fleet.sessions.map((session) => cells(session, style));
  const widths = COLUMNS.map(({ most }, at) =>
    Math.min(most, Math.max(...rows.map((row) => width(row[at] ?? '')), at === PORT ? 0 : 1)),
  );
  const lines = fleet.sessions.map((session, at) => renderRow(session, rows[at] ?? [], { widths, style }));
  const head = `${oneLine(fleet.name)} (${oneLine(fleet.strategy ?? 'tmux session, no fleet')})${isUp(fleet) ? '' : ' is down'}`;
  return [head, ...lines].map((line) => `${line}\n`).join('');
}

const COLUMNS = [
  { most: 3 },
  { most: 40 },
  { most: 24 },
  { most: 5 },
  { most: 48 },
  { most: 12 },
  { most: 16 },
  { most: 6 },
  { most: 200 },
];

/** A column that is not there when no session has a port. */
const PORT = 7;

/** The row's cells as plain text: number, label, state, since, branch, changes, ahead/behind and operation, port, detail. */
function cells(session: SessionStatus, { now, ascii = false }: TextStyle): string[] {
  const { agent } = session;
  const look = lookOf(agent.state);
  const since = agent.since === null ? '' : oneLine(describeSpan(now - Date.parse(agent.since)));
  return [
    oneLine(String(session.number)),
    oneLine(session.name),
    `${ascii ? look.ascii : look.mark} ${oneLine(agent.state)}`,
    since,
    oneLine(describeBranch(session) ?? '-'),
    describeChanges(session),
    ascii ? describeDistance(session).replaceAll('↑', '^').replaceAll('↓', 'v') : describeDistance(session),
    session.port === null ? '' : oneLine(`:${session.port}`),
    describeDetail(session),
  ];
}

/** The detail of its state, after the folder it works in when that is not its clone: `in .claude/worktrees/x: Bash: npm test`. */
export function describeDetail({ error, agent, path, elsewhere = null }: SessionStatus): string {
  const where =
    elsewhere === null ? '' : `in ${elsewhere.startsWith(`${path}/`) ? elsewhere.slice(path.length + 1) : elsewhere}`;
  return oneLine([where, error ?? agent.detail ?? ''].filter((part) => part !== '').join(': '));
}

/** `3 changed`, with conflicts named; `clean`; `?` when it could not be read. */
export function describeChanges(session: SessionStatus): string {
  if (session.changes === null) return '?';
  if (session.changes === 0) return 'clean';
  return oneLine(
    (session.conflicts ?? 0) > 0
      ? `${session.changes} changed, ${session.conflicts ?? 0} in conflict`
      : `${session.changes} changed`,
  );
}

/** `↑2 ↓1 rebase`: commits ahead and behind, and the operation in progress. */
export function describeDistance(session: SessionStatus): string {
  const ahead = (session.ahead ?? 0) > 0 ? `↑${session.ahead ?? 0}` : '';
  const behind = (session.behind ?? 0) > 0 ? `↓${session.behind ?? 0}` : '';
  return oneLine([ahead, behind, session.operation ?? ''].filter((part) => part !== '').join(' '));
}

function renderRow(
  session: SessionStatus,
  row: readonly string[],
  { widths, style }: { readonly widths: readonly number[]; readonly style: TextStyle },
): string {
  const colors: Readonly<Record<number, string>> = {
    1: session.color,
    2: lookOf(session.agent.state).color,
    ...(session.error === null ? {} : { 8: 'red' }),
  };
  let left = style.columns - 2;
  const shown = row.map((cell, at) => {
    const wide = Math.max(0, Math.min(widths[at] ?? 0, left));
    if (widths[at] !== 0) left -= wide + 2;
    return wide === 0 ? '' : paint(pad(cut(cell, wide), wide), colors[at] ?? 'default', style.color);
  });
  return `  ${shown
    .filter((_, at) => widths[at] !== 0)
    .join('  ')
    .trimEnd()}`;
}
