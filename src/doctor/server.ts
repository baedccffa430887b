import { isAtLeast, parseTmuxVersion } from '../plan/tmuxVersion.ts';
import { note, ok, wrong, type Finding } from './finding.ts';

/** The tmux server that is looked at. */
export interface ServerReading {
  readonly socket: string;
  /** What it is set to; null when no server runs there. */
  readonly options: ServerOptions | null;
  /** Why it could not be asked; null when it could. */
  readonly problem: { readonly message: string; readonly hint: string | null } | null;
  /** What `tmux -V` says; null when there is no tmux. */
  readonly program: string | null;
}

/** Global options and variables as tmux prints them; '' for one that this tmux does not know, or that is not set. */
export interface ServerOptions {
  readonly version: string;
  readonly status: string;
  readonly statusInterval: string;
  readonly statusRightLength: string;
  readonly focusEvents: string;
  readonly allowPassthrough: string;
  /** PATH and XDG_STATE_HOME of what the server starts. */
  readonly path: string;
  readonly stateHome: string;
  /** Terminals that are attached and cannot show anything but ASCII, by name. */
  readonly asciiClients: readonly string[];
}

/** Cells that tmux gives `status-right` unless it is told otherwise. */
const DEFAULT_RIGHT = 40;

export function serverFindings(facts: ServerReading): readonly Finding[] {
  const { socket, options, problem } = facts;
  if (problem !== null)
    return [
      wrong(
        'tmux-server',
        problem.message,
        problem.hint ?? 'look at the rights of the socket and its folder, or choose another server with -L or -S',
      ),
    ];
  if (options === null)
    return [
      note(
        'tmux-server',
        `no tmux server runs at "${socket}"`,
        '`claude-tmux up` starts one; name another one with -L or -S',
      ),
    ];
  if (isTooOld(options))
    return [
      wrong(
        'tmux-server',
        `the tmux server at "${socket}" is ${options.version}; claude-tmux needs 3.2a or newer`,
        'end it (tmux kill-server) and start it with a newer tmux',
      ),
    ];
  return [
    versionFinding(facts, options),
    ...lineFindings(options),
    ...helpfulOptions(options),
    ...clientFindings(options),
  ];
}

/** True for a server whose formats cannot be trusted with other people's text. */
export function isTooOld({ version }: Pick<ServerOptions, 'version'>): boolean {
  const known = parseTmuxVersion(version);
  return known !== null && !isAtLeast(known, '3.2a');
}

/** After an update the old server lives on, with the old version's abilities. */
function versionFinding({ socket, program }: ServerReading, { version }: ServerOptions): Finding {
  const own = parseTmuxVersion(program ?? '')?.text;
  if (own === undefined || own === version) return ok('tmux-server', `the tmux server at "${socket}" is ${version}`);
  return note(
    'tmux-server',
    `the tmux server at "${socket}" is ${version}, the program ${own}`,
    'nothing has to be done; what the newer one can comes with the next start of the server',
  );
}

function lineFindings({ status, statusInterval, statusRightLength }: ServerOptions): readonly Finding[] {
  const found: Finding[] = [];
  if (status === 'off')
    found.push(
      note('status', '`status` is off: no bar is shown, and fleets get no line of their own', 'tmux set -g status on'),
    );
  if (status === '5')
    found.push(
      note(
        'status',
        '`status` is 5: tmux has no sixth line, so fleets get none of their own',
        'take a line off, or place #{E:claude_tmux} in one',
      ),
    );
  if (statusInterval === '0')
    found.push(
      note(
        'status-interval',
        '`status-interval` is 0: the bar is drawn when something happens, and a time in it stands still',
        'tmux set -g status-interval 15',
      ),
    );
  if (statusRightLength !== '' && Number(statusRightLength) < DEFAULT_RIGHT)
    found.push(
      note(
        'status-right-length',
        `\`status-right-length\` is ${statusRightLength}: what is in status-right is cut off`,
        `tmux set -g status-right-length ${DEFAULT_RIGHT}, or 80 for more than counts`,
      ),
    );
  return found;
}

function helpfulOptions({ focusEvents, allowPassthrough }: ServerOptions): readonly Finding[] {
  const found: Finding[] = [];
  if (focusEvents === 'off')
    found.push(
      note(
        'focus-events',
        '`focus-events` is off: whether you look at this terminal is guessed from your last key',
        'tmux set -g focus-events on, to be spared notifications of what you are looking at',
      ),
    );
  if (allowPassthrough === 'off')
    found.push(
      note(
        'allow-passthrough',
        '`allow-passthrough` is off: programs in panes cannot reach your terminal itself (its notifications, images)',
        'tmux set -g allow-passthrough on, if you want that',
      ),
    );
  return found;
}

function clientFindings({ asciiClients }: ServerOptions): readonly Finding[] {
  return asciiClients.map((name) =>
    note(
      'utf-8',
      `the terminal ${name} is attached without UTF-8: marks are shown as _`,
      'attach with `tmux -u` or a locale in UTF-8, or tmux set -g @claude_tmux_marks ascii',
    ),
  );
}
