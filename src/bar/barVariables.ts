import { lookOf } from '../status/states.ts';
import type { SessionStatus } from '../status/report.ts';
import type { BarFleet, BarStyle, BarVariable } from './bar.ts';
import { barTexts } from './barTexts.ts';
import { stateMark } from './marks.ts';
import { BAR_NAMES, textName } from './names.ts';
import { blockStyle, framed, piece, styled, type Piece } from './piece.ts';
import { noRange } from './renderBar.ts';
import { everywhereSelector, lineSelector, windowMap, windowSelector } from './selectors.ts';

interface Look {
  readonly style: BarStyle;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * All that a tmux server's bar shows, as hidden environment variables of it; what an earlier call gave and this one does not is to
 * be taken away. Fleets that are down are not on the bar.
 */
export function barVariables(fleets: readonly BarFleet[], look: Look): readonly BarVariable[] {
  const shown = fleets.filter(({ tmuxSession }) => tmuxSession !== null);
  return [
    ...everywhere(shown, look),
    ...windows(shown, look),
    heartbeat(look),
    ...shown.flatMap((fleet) => lineOf(fleet, look)),
  ];
}

/** The same at a later time: of fleets in which nobody waits for the user only the heartbeat moves on. */
export function laterVariables(
  fleets: readonly BarFleet[],
  look: Look,
  before: readonly BarVariable[],
): readonly BarVariable[] {
  const waits = fleets.some(({ status }) => status.sessions.some(({ agent }) => lookOf(agent.state).needsYou));
  return waits || before.length === 0
    ? barVariables(fleets, look)
    : before.map((variable) => (variable.name === BAR_NAMES.heartbeat ? heartbeat(look) : variable));
}

function heartbeat({ now }: Pick<Look, 'now'>): BarVariable {
  return { scope: null, name: BAR_NAMES.heartbeat, value: String(Math.floor(now / 1000)) };
}

function everywhere(fleets: readonly BarFleet[], { style, now }: Look): BarVariable[] {
  const texts = barTexts(
    fleets.map(({ status }) => status),
    { style, now, isOwnGround: false, clickRange: noRange },
  );
  return [
    { scope: null, name: BAR_NAMES.everywhere, value: everywhereSelector(texts) },
    ...dataOf(null, BAR_NAMES.everywhere, texts.map(framed)),
  ];
}

/** Our own line has the terminal's ground, on which its sixteen colours are readable, be it light or dark. A group that is no fleet has no line. */
function lineOf(fleet: BarFleet, { style, now }: Look): BarVariable[] {
  const { status, tmuxSession } = fleet;
  if (status.layout === null) return [];
  const texts = barTexts([status], {
    style,
    now,
    isOwnGround: true,
    clickRange: (session) => clickRange(session, fleet),
  });
  const onGround = texts.map((text) => ({
    ...text,
    text: `#[bg=terminal fg=terminal fill=terminal]${framed(text).text}`,
  }));
  return [
    { scope: tmuxSession, name: BAR_NAMES.line, value: lineSelector(texts) },
    ...dataOf(tmuxSession, BAR_NAMES.line, onGround),
  ];
}

/**
 * A click selects the window; in the window that is shown already, the pane. tmux has one range at a time, and its own
 * binding (`switch-client -t=`, 3.6) looks for the pane of a range in the current window only. Up to 3.5a that binding
 * is `select-window -t=`, to which a pane says nothing.
 */
function clickRange({ window, pane }: SessionStatus, { windowIndexes, paneClicks }: BarFleet): string | null {
  const index = window === null ? undefined : windowIndexes[window];
  if (index === undefined) return null;
  return pane !== null && window === paneClicks ? `#[range=pane|${pane}]` : `#[range=window|${index}]`;
}

function dataOf(scope: string | null, selector: string, texts: readonly Piece[]): BarVariable[] {
  return texts.flatMap(({ text, cells }, at) =>
    cells === 0 ? [] : [{ scope, name: textName(selector, at), value: text }],
  );
}

/** A window with several sessions shows the one that is most urgent. */
function windows(fleets: readonly BarFleet[], { style }: Look): BarVariable[] {
  const sessions = fleets.flatMap(({ status }) => status.sessions).toSorted((a, b) => urgency(a) - urgency(b));
  const marks = new Map<string, Piece>();
  for (const session of sessions) if (session.window !== null) marks.set(session.window, windowMark(session, style));
  return [
    { scope: null, name: BAR_NAMES.window, value: windowSelector() },
    { scope: null, name: BAR_NAMES.map, value: windowMap(marks) },
  ];
}

function windowMark({ agent }: SessionStatus, style: BarStyle): Piece {
  const { needsYou, color } = lookOf(agent.state);
  return framed(styled(piece(stateMark(agent.state, style.marks)), needsYou ? blockStyle(color, style.color) : null));
}

/** The larger, the more it says about its window. */
function urgency({ agent }: SessionStatus): number {
  return lookOf(agent.state).rank;
}
