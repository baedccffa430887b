/** Foreground codes (SGR) of the sixteen tmux colour names; others are shown in the terminal's own colour. */
const CODES: Readonly<Record<string, number>> = {
  black: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  brightblack: 90,
  brightred: 91,
  brightgreen: 92,
  brightyellow: 93,
  brightblue: 94,
  brightmagenta: 95,
  brightcyan: 96,
  brightwhite: 97,
};

/** The text in a tmux colour, for a terminal; unchanged when `on` is false or the colour is `default`. */
export function paint(text: string, color: string, on: boolean): string {
  const code = sgr(color);
  return on && code !== null ? `\u001b[${code}m${text}\u001b[39m` : text;
}

function sgr(color: string): string | null {
  const named = CODES[color];
  if (named !== undefined) return String(named);
  const indexed = /^colou?r(\d{1,3})$/.exec(color)?.[1];
  if (indexed !== undefined && Number(indexed) < 256) return `38;5;${indexed}`;
  const rgb = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  return rgb
    ? `38;2;${rgb
        .slice(1)
        .map((part) => parseInt(part, 16))
        .join(';')}`
    : null;
}
