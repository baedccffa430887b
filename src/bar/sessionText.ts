import { describeSpan } from '../base/ago.ts';
import { tmuxColor } from '../layout/color.ts';
import type { SessionStatus } from '../status/report.ts';
import { lookOf } from '../status/states.ts';
import type { BarStyle } from './bar.ts';
import { BAR_MARKS, stateMark } from './marks.ts';
import { blockStyle, join, literal, NOTHING, piece, styled, type Piece } from './piece.ts';

/** How much of a session is shown. */
export interface Room {
  /** Most cells of the label of a session that needs you, and of any other; 0 leaves it out. */
  readonly label: number;
  readonly calmLabel: number;
  readonly branch: number;
  readonly facts: 'all' | 'brief' | 'marks';
}

export interface SessionLook {
  readonly style: BarStyle;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** True on the fleet's own line, whose ground is the terminal's; on a theme's ground only blocks are coloured, which bring their own. */
  readonly isOwnGround: boolean;
  /** What a click on the session means: the style that begins its range; null where a range would lead astray. */
  readonly clickRange: (session: SessionStatus) => string | null;
}

/** One session: number, state, label and how long it waits for you, branch, facts. A click anywhere on it goes there. */
export function renderSession(session: SessionStatus, room: Room, look: SessionLook): Piece {
  const entry = join(
    [
      numberTag(session, look),
      stateBlock(session, room, look),
      branchOf(session, room, look),
      factsOf(session, room, look),
    ],
    1,
  );
  const range = look.clickRange(session);
  return range === null ? entry : { text: `${range}${entry.text}#[norange]`, cells: entry.cells };
}

/** The number in the session's colour, as its window has it. */
function numberTag({ number, color }: SessionStatus, { style, isOwnGround }: SessionLook): Piece {
  const name = tmuxColor(color);
  return styled(piece(String(number)), style.color && isOwnGround && name !== null ? `fg=${name}` : null);
}

/** What needs you is a block, whatever the colours; in any other session only the mark is coloured. */
function stateBlock(session: SessionStatus, room: Room, look: SessionLook): Piece {
  const { style, isOwnGround } = look;
  const { color, needsYou } = lookOf(session.agent.state);
  const mark = piece(stateMark(session.agent.state, style.marks));
  const label = literal(session.name, needsYou ? room.label : room.calmLabel, BAR_MARKS[style.marks].end);
  if (needsYou) return styled(join([mark, label, wait(session, look.now)], 1), blockStyle(color, style.color));
  return join([styled(mark, style.color && isOwnGround && color !== 'default' ? `fg=${color}` : null), label], 1);
}

/** Since when it waits, to the minute: seconds would be wrong before they are read. */
function wait({ agent }: SessionStatus, now: number): Piece {
  if (agent.since === null) return NOTHING;
  const ms = now - Date.parse(agent.since);
  return piece(ms < 60_000 ? '<1m' : describeSpan(ms));
}

/** A tree that was read and names no branch has none checked out; one that was not read is unknown. */
function branchOf(
  { branch, detached_at: at = null, changes, elsewhere = null }: SessionStatus,
  room: Room,
  { style }: SessionLook,
): Piece {
  if (room.branch === 0) return NOTHING;
  const mark = elsewhere === null ? NOTHING : piece(BAR_MARKS[style.marks].elsewhere);
  return join([mark, namedBranch({ branch, detached_at: at, changes }, room, style)], 0);
}

function namedBranch(
  { branch, detached_at: at = null, changes }: Pick<SessionStatus, 'branch' | 'detached_at' | 'changes'>,
  room: Room,
  style: BarStyle,
): Piece {
  if (branch === null && at !== null && changes !== null)
    return literal(`@${at}`, room.branch, BAR_MARKS[style.marks].end);
  return branch === null
    ? piece(changes === null ? '?' : 'detached')
    : literal(branch, room.branch, BAR_MARKS[style.marks].end);
}

/** What is not known is `?`, what is none is left out. */
function factsOf(session: SessionStatus, { facts }: Room, { style }: SessionLook): Piece {
  const marks = BAR_MARKS[style.marks];
  const { changes, conflicts, ahead, behind, operation } = session;
  const urgent = [
    count(marks.conflicts, changes === null ? 0 : conflicts),
    operation === null ? NOTHING : facts === 'all' ? literal(operation, 12, marks.end) : piece(marks.operation),
  ];
  if (facts === 'marks') return join(urgent, 0);
  const distance =
    changes === null
      ? []
      : [count(marks.ahead, ahead), behind === null && ahead === null ? NOTHING : count(marks.behind, behind)];
  return join([count(marks.changes, changes), ...urgent, join(distance, facts === 'all' ? 1 : 0)], 1);
}

function count(mark: string, number: number | null): Piece {
  if (number === 0) return NOTHING;
  return piece(`${mark}${number === null ? '?' : number > 999 ? '999+' : number}`);
}
