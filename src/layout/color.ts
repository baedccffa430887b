import { nearest } from './nearest.ts';

const NAMES: readonly string[] = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
/** Names people use for colours that tmux calls otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  purple: 'magenta',
  violet: 'colour141',
  orange: 'colour208',
  pink: 'colour205',
  gray: 'colour244',
  grey: 'colour244',
};

/** The sixteen colour names of tmux. */
export const COLOR_NAMES: readonly string[] = [...NAMES, ...NAMES.map((name) => `bright${name}`)];

/** The tmux colour that `written` names; null when it names none. */
export function tmuxColor(written: string): string | null {
  const name = written.trim().toLowerCase();
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  if (alias !== undefined) return alias;
  if (COLOR_NAMES.includes(name) || /^#[0-9a-f]{6}$/.test(name)) return name;
  const indexed = /^colou?r(\d{1,3})$/.exec(name);
  return indexed && Number(indexed[1]) <= 255 ? `colour${Number(indexed[1])}` : null;
}

/** The colour name that `written` was probably meant to be. */
export function nearestColor(written: string): string | null {
  return nearest(written, [...COLOR_NAMES, ...Object.keys(ALIASES)]);
}
