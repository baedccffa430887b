import { lstatSync } from 'node:fs';
import { UserError, ProgramError } from '../base/errors.ts';
import type { TmuxSession } from '../plan/snapshot.ts';
import { isAtLeast, parseTmuxVersion, type TmuxVersion } from '../plan/tmuxVersion.ts';
import { printedText } from './printedText.ts';
import { refuseUnseen } from './seenServer.ts';
import { CLIENT_LINE, PANE_LINE, parseClient, windowsOf } from './serverLines.ts';
import { runTmux, type Environment, type TmuxResult, type TmuxServer } from './tmux.ts';

/** What one look at a tmux server tells; `size` is settled by `newWindowSize` once the terminal is known. */
export interface ServerFacts {
  readonly running: boolean;
  /** The server's process; null when none runs. */
  readonly pid: number | null;
  /** The server's when one runs, else the program's. */
  readonly version: TmuxVersion;
  /** The global `status` option (`on`, `off`, `2` …); `on` when no server runs. */
  readonly status: string;
  /** Names of the global option `update-environment`; absent when no server runs. */
  readonly updateEnvironment?: readonly string[];
  /** The global `window-size` option; absent when no server runs. */
  readonly windowSize?: string;
  readonly clients: readonly TmuxClient[];
  /** The tmux session that carries the fleet's uuid; null when there is none. */
  readonly session: TmuxSession | null;
  /** True when another tmux session has the fleet's session name. */
  readonly nameTaken: boolean;
  /** The one of that name, when it bears no fleet's mark and the fleet has no session. */
  readonly namesake: TmuxSession | null;
}

export interface TmuxClient {
  /** Name for `-c` (its terminal: `/dev/pts/3`). */
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  /** `$3`, the session it shows. */
  readonly sessionId: string;
  /** Id of the active pane it shows; null when tmux does not say. */
  readonly paneId: string | null;
  /** Unix time in seconds of its last key. */
  readonly activity: number;
}

interface Wanted {
  /** The fleet's uuid; null for a fleet that was never brought up. */
  readonly uuid: string | null;
  readonly session: string;
  readonly env: Environment;
}

/** The oldest tmux whose formats do not run what the output of a `#()` holds, and whose styles are formats. */
const OLDEST = '3.2a';

/**
 * Reads everything `up` needs of a tmux server in one process. No server is a fact (`running: false`; then `tmux -V` is
 * asked, and nothing else where there is no socket), any other trouble an error: a query that went wrong never reads as "nothing there".
 * Throws UnseenServer for a server of another pid namespace.
 */
export async function readServer(server: TmuxServer, wanted: Wanted): Promise<ServerFacts> {
  // A uuid is hexadecimal and `-`; anything else could change the format it is put into.
  if (wanted.uuid !== null && !/^[0-9a-fA-F-]+$/.test(wanted.uuid)) throw new Error(`not a uuid: ${wanted.uuid}`);
  const result = isSocketThere(server) ? await query(server, wanted) : null;
  if (result === null) return nothingRuns(server, wanted);
  const facts = parseServer(result.stdout, wanted);
  // tmux 3.3a: with `exit-empty off` a server without sessions answers the first four and then `no current target`.
  const isComplete = result.code === 0 || /^no (current target|sessions?|current session)/m.test(result.stderr);
  if (!facts || !isComplete)
    throw new ProgramError({
      argv: ['tmux', '-S', server.socket, 'list-panes'],
      code: result.code,
      stderr: result.stderr,
    });
  if (facts.pid !== null) await refuseUnseen(server, facts.pid);
  return checked(facts);
}

/** A client needs the socket's file: without one it says the same as this, in the time of a process. What cannot be looked at is asked. */
export function isSocketThere({ socket }: TmuxServer): boolean {
  try {
    return lstatSync(socket, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

const VERSION_LINE = 'V #{version} #{pid}';
/** The second field: 1 is this fleet's, 2 another fleet's, 0 nobody's. */
const SESSION_LINE =
  'S #{session_id} #{?#{==:#{@claude_tmux_fleet},UUID},1,#{?@claude_tmux_fleet,2,0}} #{?#{@claude_tmux_line},1,0} #{session_name}';

async function query(server: TmuxServer, { uuid, env }: Wanted): Promise<TmuxResult | null> {
  const sessions = SESSION_LINE.replace('UUID', uuid ?? 'none');
  const args = [
    'display-message',
    '-p',
    VERSION_LINE,
    ';',
    'show-options',
    '-gv',
    'status',
    ';',
    'show-options',
    '-gwv',
    'window-size',
    ';',
    'show-options',
    '-gv',
    'update-environment',
    ';',
    'list-sessions',
    '-F',
    sessions,
    ';',
    'list-clients',
    '-F',
    CLIENT_LINE,
    ';',
    'list-panes',
    '-a',
    '-F',
    PANE_LINE,
  ];
  const result = await runTmux(server, args, { env });
  if (isNoServer(result)) return null;
  if (/server exited unexpectedly|lost server/.test(result.stderr)) {
    // The server ended while it was asked (its last session closed); asked once more, because this only reads.
    const again = await runTmux(server, args, { env });
    return isNoServer(again) ? null : again;
  }
  refuseUnreachable(server, result);
  return result;
}

/** tmux 3.3a: "no server running on …" (nobody listens) or "error connecting to … (No such file or directory)". */
export function isNoServer({ code, stderr }: TmuxResult): boolean {
  return (
    code !== 0 &&
    (/^no server running on /m.test(stderr) ||
      /^error connecting to .*\((No such file or directory|Connection refused)\)/m.test(stderr))
  );
}

function refuseUnreachable(server: TmuxServer, { code, stderr }: TmuxResult): void {
  if (code === 0) return;
  if (/^error connecting to /m.test(stderr)) {
    throw new UserError(`the tmux server at "${server.socket}" cannot be reached: ${stderr.trim()}`, {
      hint: 'Look at the rights of the socket and its folder, or choose another server with -L or -S.',
    });
  }
  if (/protocol version mismatch|server version is too/.test(stderr)) {
    throw new UserError(
      `the tmux server at "${server.socket}" was started by another version of tmux than the one on the PATH`,
      { hint: 'Use the tmux it was started with, or choose another server with -L.' },
    );
  }
}

async function nothingRuns(server: TmuxServer, { env }: Wanted): Promise<ServerFacts> {
  const { stdout, stderr, code } = await runTmux(server, ['-V'], { env });
  const version = parseTmuxVersion(stdout);
  if (!version) throw new ProgramError({ argv: ['tmux', '-V'], code, stderr: stderr || stdout });
  return checked({
    running: false,
    pid: null,
    version,
    status: 'on',
    clients: [],
    session: null,
    nameTaken: false,
    namesake: null,
  });
}

function checked(facts: ServerFacts): ServerFacts {
  if (isAtLeast(facts.version, OLDEST)) return facts;
  const which = facts.running ? 'the tmux server that runs is' : 'tmux is';
  throw new UserError(`tmux ${facts.version.text} is too old: claude-tmux needs ${OLDEST} or newer`, {
    hint: `Here ${which} ${facts.version.text}; install a newer tmux and start it anew.`,
  });
}

function parseServer(stdout: string, { uuid, session: name }: Wanted): ServerFacts | null {
  const [first = ''] = stdout.split('\n', 1);
  const version = first.startsWith('V ') ? parseTmuxVersion(first) : null;
  if (!version) return null;
  const [, status = '', windowSize = '', ...lines] = printedText(stdout, version.text).split('\n');
  const sessions = lines.flatMap((line) => parseSession(line, lines));
  // A name holds no blank; every line after them does.
  const names = lines.slice(
    0,
    lines.findIndex((line) => !/^\S+$/.test(line)),
  );
  const ours = uuid === null ? undefined : sessions.find(({ mark }) => mark === 'ours');
  const others = sessions.filter(({ session }) => session.name === name && session.id !== ours?.session.id);
  const namesake = ours === undefined ? others.find(({ mark }) => mark === 'none') : undefined;
  return {
    running: true,
    pid: Number(/ (\d+)$/.exec(first)?.[1] ?? 0) || null,
    version,
    status,
    windowSize,
    updateEnvironment: names,
    clients: lines.flatMap(parseClient),
    session: ours?.session ?? null,
    nameTaken: others.length > 0,
    namesake: namesake?.session ?? null,
  };
}

const MARKS = ['none', 'ours', 'another'] as const;

function parseSession(
  line: string,
  lines: readonly string[],
): { readonly mark: (typeof MARKS)[number] | undefined; readonly session: TmuxSession }[] {
  const [, id, mark, hasLine, name] = /^S (\$\d+) ([012]) ([01]) (.*)$/.exec(line) ?? [];
  if (id === undefined || name === undefined) return [];
  return [
    { mark: MARKS[Number(mark)], session: { id, name, hasLine: hasLine === '1', windows: windowsOf(id, lines) } },
  ];
}
