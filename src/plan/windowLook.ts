import { tmuxColor } from '../layout/color.ts';

/**
 * How a fleet's windows look: options of our own windows alone. What the user chose (label, colour) is data in pane options
 * that these formats name, never text inside a format: tmux would run a `#(…)` in it. Evaluated by tmux 3.2 and newer.
 */

/** `1 Frontend` on our panes, tmux's own words on a pane the user added; the active one stands out without colour too. */
const BORDER_TITLE =
  '#{?pane_active,#[reverse],} #{?@claude_tmux_id,#{@claude_tmux_number} #{q/e:@claude_tmux_name},#{pane_index} #{q/e:pane_title}} #[noreverse]';
/** One style for the whole window (a pane has none of its own before tmux 3.7), evaluated for each pane. */
const BORDER_STYLE = 'fg=#{?@claude_tmux_color,#{@claude_tmux_color},default}';

/** A window option; null takes our value off again, so that the theme's shows. */
export type WindowOption = readonly [name: string, value: string | null];

/** What our windows need whatever their colour. */
export function windowOptions(): readonly WindowOption[] {
  return [
    ['automatic-rename', 'off'],
    ['allow-rename', 'off'],
    // A launcher that ends well was closed by the user; one that breaks stays readable.
    ['remain-on-exit', 'failed'],
    ['pane-border-status', 'top'],
    ['pane-border-format', BORDER_TITLE],
    ['pane-border-style', BORDER_STYLE],
    ['pane-active-border-style', `${BORDER_STYLE},bold`],
  ];
}

/**
 * The window's name in the status line as a tag, coloured ground and readable ink: as mere text it would vanish on a status
 * line of the same colour. What names no colour (`default`) leaves it to the theme.
 */
export function windowColor(written: string): readonly WindowOption[] {
  const color = tmuxColor(written);
  const style = color === null ? null : `bg=${color},fg=${inkOn(color)}`;
  return [
    ['window-status-style', style],
    ['window-status-current-style', style && `${style},bold,underscore`],
  ];
}

/** Black or white, whichever reads better on a tmux colour. */
export function inkOn(color: string): 'black' | 'brightwhite' {
  return brightness(color) > 110 ? 'black' : 'brightwhite';
}

/** The eight names as xterm shows them, by perceived brightness (0 to 255). */
const NAMED: Readonly<Record<string, number>> = {
  black: 0,
  red: 60,
  green: 120,
  yellow: 180,
  blue: 27,
  magenta: 84,
  cyan: 145,
  white: 229,
};

function brightness(color: string): number {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex) return perceived(hex.slice(1).map((part) => parseInt(part, 16)));
  const indexed = /^colour(\d+)$/.exec(color);
  if (indexed) return brightnessOfIndex(Number(indexed[1]));
  const name = color.replace(/^bright/, '');
  return (NAMED[name] ?? 0) + (name === color ? 0 : 60);
}

/** xterm's 256 colours: 16 names, a cube of six levels, 24 greys. */
function brightnessOfIndex(index: number): number {
  if (index < 16) return (Object.values(NAMED)[index % 8] ?? 0) + (index < 8 ? 0 : 60);
  if (index >= 232) return 8 + (index - 232) * 10;
  const level = (part: number) => (part === 0 ? 0 : 55 + part * 40);
  const at = index - 16;
  return perceived([level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6)]);
}

/** Rec. 601 weights. */
function perceived([red = 0, green = 0, blue = 0]: readonly number[]): number {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}
