import type { FleetStatus, SessionStatus } from '../status/report.ts';
import { renderCounts, renderNamedCounts, renderTinyCounts } from './counts.ts';
import { keepOrder, needsYou } from './keepOrder.ts';
import { BAR_MARKS } from './marks.ts';
import { join, literal, NOTHING, piece, type Piece } from './piece.ts';
import { renderSession, type Room, type SessionLook } from './sessionText.ts';

/** What a bar of 12 cells can hold: the room that every place has. */
export const TINY_CELLS = 12;

/**
 * Every text the bar can show of these fleets, the richest first, each narrower than the one before: full, medium, short, then
 * with sessions left out (those that need you keep a cut name longest), counts. The first that fits a width is the text for
 * that width; the last is empty.
 */
export function barTexts(fleets: readonly FleetStatus[], look: SessionLook): readonly Piece[] {
  const sessions = fleets.flatMap((fleet) => fleet.sessions);
  if (sessions.length === 0) return [NOTHING];
  const counts = renderCounts(sessions, look);
  const isWiderThanCounts = ({ cells }: Piece): boolean => cells > counts.cells;
  const candidates = [
    ...ROOMS.map((room) => renderFleets(fleets, { room, look, kept: null })),
    ...narrowed(fleets, { room: NAMED, look, least: sessions.filter(needsYou).length }).filter(isWiderThanCounts),
    renderFleets(fleets, { room: SHORT, look, kept: null }),
    ...narrowed(fleets, { room: SHORT, look, least: 1 }).filter(isWiderThanCounts),
    renderNamedCounts(sessions, look),
    counts,
    renderTinyCounts(sessions, { style: look.style, cells: TINY_CELLS }),
    NOTHING,
  ];
  return candidates.filter(
    (text, at) =>
      text.cells <= WIDEST &&
      candidates.slice(0, at).every((richer) => richer.cells > WIDEST || richer.cells > text.cells),
  );
}

/** No client is wider; a text that is would only be carried about. */
const WIDEST = 600;

const SHORT: Room = { label: 0, calmLabel: 0, branch: 0, facts: 'marks' };
/** The names of those that need you, cut, and no others. */
const NAMED: Room = { label: 6, calmLabel: 0, branch: 0, facts: 'marks' };
/** Full and medium, with branches and labels that are cut before they are dropped. */
const ROOMS: readonly Room[] = [
  { label: 40, calmLabel: 40, branch: 40, facts: 'all' },
  { label: 24, calmLabel: 24, branch: 24, facts: 'all' },
  { label: 24, calmLabel: 24, branch: 16, facts: 'brief' },
  { label: 20, calmLabel: 16, branch: 10, facts: 'brief' },
  { label: 24, calmLabel: 24, branch: 0, facts: 'brief' },
  { label: 16, calmLabel: 12, branch: 0, facts: 'brief' },
  { label: 12, calmLabel: 8, branch: 0, facts: 'brief' },
  { label: 12, calmLabel: 6, branch: 0, facts: 'marks' },
  { label: 12, calmLabel: 0, branch: 0, facts: 'marks' },
  { label: 9, calmLabel: 0, branch: 0, facts: 'marks' },
  NAMED,
];

/** At most so many texts with sessions left out: a fleet of sixty needs no sixty steps. */
const MOST_STEPS = 8;

interface Narrowing {
  readonly room: Room;
  readonly look: SessionLook;
  /** How many sessions are left at least. */
  readonly least: number;
}

/** Texts with ever fewer sessions, and how many are left out: `+3`. */
function narrowed(fleets: readonly FleetStatus[], { room, look, least }: Narrowing): Piece[] {
  const order = mixed(fleets.map((fleet) => keepOrder(fleet.sessions, fleet.strategy)));
  const step = Math.max(1, Math.ceil((order.length - least) / MOST_STEPS));
  const sizes = Array.from({ length: MOST_STEPS }, (_, at) => order.length - (at + 1) * step).filter(
    (size) => size >= Math.max(1, least),
  );
  return sizes.map((size) =>
    join(
      [renderFleets(fleets, { room, look, kept: new Set(order.slice(0, size)) }), piece(`+${order.length - size}`)],
      2,
    ),
  );
}

/** Several fleets give up sessions in turn, but none that needs you while another has one that does not. */
function mixed(orders: readonly (readonly SessionStatus[])[]): SessionStatus[] {
  const longest = Math.max(...orders.map((order) => order.length));
  const turns = Array.from({ length: longest }, (_, at) => orders.flatMap((order) => order.slice(at, at + 1))).flat();
  return [...keepOrder(turns, null)];
}

interface FleetsRequest {
  readonly room: Room;
  readonly look: SessionLook;
  /** The sessions to show; null for all. */
  readonly kept: ReadonlySet<SessionStatus> | null;
}

/** Several fleets bear their names; a blank stands between any two sessions, because touching click ranges overlap by a cell. */
function renderFleets(fleets: readonly FleetStatus[], { room, look, kept }: FleetsRequest): Piece {
  const { dot, end } = BAR_MARKS[look.style.marks];
  const gap = room.facts === 'marks' && room.calmLabel === 0 ? 1 : 2;
  const shown = fleets
    .map((fleet) => ({ ...fleet, sessions: fleet.sessions.filter((session) => kept?.has(session) ?? true) }))
    .filter(({ sessions }) => sessions.length > 0);
  const groups = shown.map(({ name, sessions }) => {
    const entries = join(
      sessions.map((session) => renderSession(session, room, look)),
      gap,
    );
    return fleets.length > 1 ? join([literal(name, 16, end), entries], 1) : entries;
  });
  return join(
    groups.flatMap((group, at) => (at === 0 ? [group] : [piece(dot), group])),
    1,
  );
}
