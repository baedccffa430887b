import { describeSpan } from '../base/ago.ts';
import { asFormat, asFormatPath, word } from '../base/tmuxText.ts';
import { shellWord } from '../base/shellText.ts';
import { cut } from '../base/width.ts';
import type { FleetStatus, SessionStatus } from '../status/report.ts';
import { lookOf } from '../status/states.ts';
import { QUIETLY } from './loadBatch.ts';

export interface MenuClient {
  /** `/dev/pts/3`. */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
}

export interface MenuInput {
  readonly fleets: readonly FleetStatus[];
  readonly client: MenuClient;
  /** From 1: a menu that is higher than the terminal is not shown at all, so a long one has pages. */
  readonly page: number;
  /** Folder of run.sh, for the item that turns the page. */
  readonly folder: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The `display-menu` command for a client: an item a session, under the name of its fleet when there are several.
 * tmux expands titles and items as formats and RUNS a `#(…)` in them: every text goes through `asFormat`, after it is cut.
 */
export function sessionsMenu({ fleets, client, page, folder, now }: MenuInput): string {
  const entries = toEntries(fleets, now);
  // Two rows of border; a page that is not the last has one item more.
  const room = Math.max(1, client.rows - 3);
  const first = (page - 1) * room;
  const shown = entries.slice(first, first + room);
  const cells = Math.max(1, client.columns - 10);
  const keys = KEYS_OF_ITEMS.split(',');
  const items =
    shown.length === 0
      ? [item('-no Claude session is on the screen')]
      : shown.map((entry) => toItem(entry, { cells, key: 'head' in entry ? '' : (keys.shift() ?? '') }));
  const more =
    first + room < entries.length
      ? [item('more', 'Space', `run-shell -b ${word(turnPage(client, page + 1, folder))}`)]
      : [];
  return [
    'display-menu',
    '-c',
    word(client.name),
    '-T',
    word(' sessions '),
    '-x',
    'C',
    '-y',
    'C',
    '--',
    ...items,
    ...more,
  ].join(' ');
}

/** Not q: it closes the menu. */
const KEYS_OF_ITEMS = '1,2,3,4,5,6,7,8,9,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,r,s,t,u,v,w,x,y,z';

type Entry =
  { readonly head: string } | { readonly session: SessionStatus; readonly pane: string; readonly text: string };

function toEntries(fleets: readonly FleetStatus[], now: number): readonly Entry[] {
  const groups = fleets
    .map(({ name, sessions }) => ({ name, entries: sessions.flatMap((session) => toEntry(session, now)) }))
    .filter(({ entries }) => entries.length > 0);
  return groups.flatMap(({ name, entries }) => (groups.length > 1 ? [{ head: name }, ...entries] : entries));
}

/** What is not on the screen cannot be gone to. */
function toEntry(session: SessionStatus, now: number): Entry[] {
  const { number, name, pane, agent } = session;
  if (pane === null) return [];
  const since = agent.since === null ? '' : ` ${describeSpan(now - Date.parse(agent.since))}`;
  return [{ session, pane, text: `${number} ${lookOf(agent.state).mark} ${name}  ${agent.state}${since}` }];
}

function toItem(entry: Entry, { cells, key }: { readonly cells: number; readonly key: string }): string {
  // A `-` in front makes an item that cannot be chosen.
  if ('head' in entry) return item(`-${asFormat(cut(entry.head, cells))}`);
  return item(asFormat(cut(entry.text, cells)), key, `switch-client -Z -t ${entry.pane}`);
}

function item(name: string, key = '', command = ''): string {
  return `${word(name)} ${word(key)} ${word(command)}`;
}

/** Expanded twice, by the menu and by `run-shell`. */
function turnPage(client: MenuClient, page: number, folder: string): string {
  return asFormatPath(
    asFormatPath(`sh ${shellWord(`${folder}/run.sh`)} plugin menu ${shellWord(client.name)} ${page} ${QUIETLY}`),
  );
}
