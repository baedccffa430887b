import type { SessionStatus } from '../status/report.ts';
import type { AgentState } from '../status/agentState.ts';
import { lookOf, STATES, type CountKind } from '../status/states.ts';
import type { BarStyle } from './bar.ts';
import { BAR_MARKS, stateMark } from './marks.ts';
import { blockStyle, join, literal, NOTHING, piece, styled, type Piece } from './piece.ts';

interface Look {
  readonly style: BarStyle;
}

/** `2 need you · 3 working · 1 in background · 8 ok`: what went wrong or is not known is never among the ok. */
export function renderCounts(sessions: readonly SessionStatus[], { style }: Look): Piece {
  return between(
    tally(sessions).map(({ kind, count }) => said(kind, piece(`${count} ${wordsFor(kind, count)}`), style)),
    style,
  );
}

/** The same with those that need you by their labels: `2 need you: Frontend, Backend`. */
export function renderNamedCounts(sessions: readonly SessionStatus[], { style }: Look): Piece {
  const waiting = sessions.filter(needsYou);
  if (waiting.length === 0) return renderCounts(sessions, { style });
  const { end } = BAR_MARKS[style.marks];
  const labels = waiting.map(({ name }) => literal(name, 16, end));
  const named = labels.map((label, at) => (at === 0 ? label : join([piece(','), label], 1)));
  const who = join([piece(`${waiting.length} ${wordsFor('needsYou', waiting.length)}: `), ...named], 0);
  const rest = tally(sessions).filter(({ kind }) => kind !== 'needsYou');
  return between(
    [said('needsYou', who, style), ...rest.map(({ kind, count }) => piece(`${count} ${wordsFor(kind, count)}`))],
    style,
  );
}

/** `2? 3● 8✓` in at most `cells`: the least urgent are left out first. */
export function renderTinyCounts(
  sessions: readonly SessionStatus[],
  { style, cells }: Look & { readonly cells: number },
): Piece {
  const parts = tally(sessions).map(({ kind, count }) =>
    said(kind, piece(`${Math.min(count, 99)}${stateMark(KINDS[kind].state, style.marks)}`), style),
  );
  for (let shown = parts.length; shown > 0; shown--) {
    const text = join(parts.slice(0, shown), 1);
    if (text.cells <= cells) return text;
  }
  return NOTHING;
}

/** From the most urgent down; `state` lends its mark. */
const KINDS = {
  needsYou: { one: 'needs you', many: 'need you', state: 'question' },
  working: { one: 'working', many: 'working', state: 'working' },
  background: { one: 'in background', many: 'in background', state: 'background' },
  unknown: { one: 'unknown', many: 'unknown', state: 'unknown' },
  ok: { one: 'ok', many: 'ok', state: 'done' },
} as const satisfies Readonly<
  Record<CountKind, { readonly one: string; readonly many: string; readonly state: AgentState }>
>;
const ORDER: readonly CountKind[] = ['needsYou', 'working', 'background', 'unknown', 'ok'];

function tally(sessions: readonly SessionStatus[]): { readonly kind: CountKind; readonly count: number }[] {
  const kinds = sessions.map(({ agent }) => lookOf(agent.state).counts);
  return ORDER.map((kind) => ({ kind, count: kinds.filter((other) => other === kind).length })).filter(
    ({ count }) => count > 0,
  );
}

function needsYou({ agent }: SessionStatus): boolean {
  return lookOf(agent.state).needsYou;
}

function wordsFor(kind: CountKind, count: number): string {
  return count === 1 ? KINDS[kind].one : KINDS[kind].many;
}

function said(kind: CountKind, text: Piece, style: BarStyle): Piece {
  return kind === 'needsYou' ? styled(text, blockStyle(STATES.question.color, style.color)) : text;
}

function between(parts: readonly Piece[], style: BarStyle): Piece {
  const { dot } = BAR_MARKS[style.marks];
  return join(
    parts.flatMap((part, at) => (at === 0 ? [part] : [piece(dot), part])),
    1,
  );
}
