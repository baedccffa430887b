import type { TmuxSession } from '../plan/snapshot.ts';
import { parseTmuxVersion, type TmuxVersion } from '../plan/tmuxVersion.ts';
import { printedText } from './printedText.ts';
import type { TmuxClient } from './readServer.ts';
import { CLIENT_LINE, PANE_LINE, parseClient, windowsOf } from './serverLines.ts';

/** All that the watcher knows of its server, read in one process. */
export interface ServerView {
  /** Of the server: another one means another server behind the same socket. */
  readonly pid: number;
  readonly version: TmuxVersion;
  /** Every session, each with its own windows; those of a group share them. */
  readonly sessions: readonly ViewedSession[];
  /** Clients with a terminal. */
  readonly clients: readonly TmuxClient[];
  /** The user's options as they are written; '' for one that is not set. */
  readonly options: { readonly marks: string; readonly color: string };
  /** True when the plugin has been loaded into this server. */
  readonly hasPlugin: boolean;
  /** True when a status line of the user runs programs: a forced redraw would run them all (3.3a). */
  readonly runsJobs: boolean;
}

export interface ViewedSession extends TmuxSession {
  /** Uuid of the fleet it shows; null for a session that is no fleet's. */
  readonly fleet: string | null;
  /** Name of its group; '' without one. */
  readonly group: string;
}

const JOBS = { begin: 'JOBS', end: 'END JOBS' };
/** A user's option may hold anything: only what a word of ours is made of comes through. */
const word = (name: string): string => `#{s/[^a-z]/?/:${name}}`;

/** tmux commands, whose output `parseServerView` reads. */
export const VIEW_COMMANDS: readonly (readonly string[])[] = [
  ['display-message', '-p', 'V #{version} #{pid}'],
  [
    'display-message',
    '-p',
    `O [${word('@claude_tmux_marks')}] [${word('@claude_tmux_color')}] [#{?claude_tmux_plugin,1,}]`,
  ],
  ['display-message', '-p', JOBS.begin],
  ...['status-left', 'status-right', 'status-format'].map((option) => ['show-options', '-gv', option]),
  ...['window-status-format', 'window-status-current-format'].map((option) => ['show-options', '-gwv', option]),
  ['display-message', '-p', JOBS.end],
  [
    'list-sessions',
    '-F',
    'S #{session_id} #{?#{@claude_tmux_line},1,0} [#{s/[^0-9a-fA-F-]/?/:@claude_tmux_fleet}] [#{session_group}] #{session_name}',
  ],
  ['list-clients', '-F', CLIENT_LINE],
  ['list-panes', '-a', '-F', PANE_LINE],
];

/** What `VIEW_COMMANDS` printed; null when it is not whole. */
export function parseServerView(text: string): ServerView | null {
  const [first = ''] = text.split('\n', 1);
  const [, pid] = /^V \S+ (\d+)$/.exec(first) ?? [];
  const version = parseTmuxVersion(first);
  const lines = printedText(text, version?.text ?? '').split('\n');
  const [, marks, color, plugin] = /^O \[(.*)\] \[(.*)\] \[(1?)\]$/.exec(lines[1] ?? '') ?? [];
  const [begin, end] = [lines.indexOf(JOBS.begin), lines.lastIndexOf(JOBS.end)];
  if (pid === undefined || version === null || marks === undefined || color === undefined || begin < 0 || end < begin)
    return null;
  const rest = lines.slice(end + 1);
  return {
    pid: Number(pid),
    version,
    options: { marks, color },
    hasPlugin: plugin === '1',
    runsJobs: lines.slice(begin, end).some((line) => line.includes('#(')),
    clients: rest.flatMap(parseClient),
    sessions: rest.flatMap((line) => parseSession(line, rest)),
  };
}

function parseSession(line: string, lines: readonly string[]): ViewedSession[] {
  const [, id, hasLine, fleet, group = '', name] = /^S (\$\d+) ([01]) \[([^\]]*)\] \[(.*?)\] (.*)$/.exec(line) ?? [];
  if (id === undefined || name === undefined) return [];
  return [
    {
      id,
      name,
      hasLine: hasLine === '1',
      group,
      fleet: fleet === undefined || fleet === '' ? null : fleet,
      windows: windowsOf(id, lines),
    },
  ];
}
