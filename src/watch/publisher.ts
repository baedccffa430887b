import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BarVariable } from '../bar/bar.ts';
import { BAR_NAMES } from '../bar/names.ts';
import { asFormat, word } from '../base/tmuxText.ts';
import { writeFileAtomic } from '../store/file.ts';
import type { ServerPaths } from '../store/paths.ts';
import { SET_HOOKS, UNSET_HOOKS, WAKE } from './serverHooks.ts';
import { runTmux, type Environment, type TmuxServer } from '../tmux/tmux.ts';

/** What is to be seen now, and how soon. */
export interface Edition {
  readonly variables: readonly BarVariable[];
  /** Somebody waits for the user, or has just finished: shown at once, whatever it costs. */
  readonly urgent: boolean;
  /** Names of the clients whose status lines are drawn anew. */
  readonly clients: readonly string[];
  /** True when a drawing that is forced would run programs of the user's: what is not urgent waits for the next ordinary one then. */
  readonly runsJobs: boolean;
}

export interface Publisher {
  /** Brings the server's variables up to the edition; a change that is not urgent waits until a second after the one before it. */
  publish(edition: Edition): void;
  /** Writes the heartbeat file anew, from which tmux takes all variables by itself: no process is started. */
  beat(variables: readonly BarVariable[]): Promise<void>;
  /** Once for each server behind the socket: sets the hooks that wake the watcher, and tells tmux to read the heartbeat file from now on. */
  begin(variables: readonly BarVariable[]): Promise<void>;
  /** Takes everything off the server, while that lives. */
  end(how: { readonly serverLives: boolean }): Promise<void>;
}

interface Place {
  readonly server: TmuxServer;
  readonly paths: ServerPaths;
  readonly env: Environment;
  /** Hears of a push that tmux refused. */
  readonly onProblem: (problem: unknown) => void;
}

/** Between two pushes that nobody waits for, in milliseconds. */
const CALM_MS = 1000;
/** How often tmux reads the heartbeat file, in seconds. Its age when it is read is at most as much again; the bar calls 75 s stale. */
const BEAT_S = 20;

/**
 * Publishes the bar's text as hidden environment variables of the tmux server. Setting one draws nothing (an option would repaint
 * every client's whole screen: 7.4 KB against 245 bytes, 3.3a); a push is one tmux client with the changed variables alone.
 */
export function makePublisher({ server, paths, env, onProblem }: Place): Publisher {
  const heartbeat = join(paths.root, `beat-${process.pid}.conf`);
  let shown = new Map<string, BarVariable>();
  let pushedAt = 0;
  let waiting: NodeJS.Timeout | null = null;
  let last = Promise.resolve();

  const push = (edition: Edition): void => {
    if (waiting !== null) clearTimeout(waiting);
    waiting = null;
    const lines = changedLines(shown, edition.variables);
    if (lines.length === 0) return;
    shown = byKey(edition.variables);
    pushedAt = Date.now();
    const redraw =
      edition.urgent || !edition.runsJobs ? edition.clients.map((name) => `refresh-client -S -t ${word(name)}`) : [];
    last = last
      .then(() => source([...lines, ...redraw]))
      .then(() => writeBeat(edition.variables))
      .catch(onProblem);
  };
  const source = async (lines: readonly string[]): Promise<void> => {
    try {
      const { code, stderr } = await runTmux(server, ['source-file', '-'], { env, input: `${lines.join('\n')}\n` });
      // A client or session that has just gone is no trouble: the next view leaves it out.
      if (code !== 0) onProblem(stderr.trim());
    } catch (error) {
      onProblem(error);
    }
  };
  const writeBeat = (variables: readonly BarVariable[]): Promise<void> =>
    writeFileAtomic(heartbeat, beatText(variables, heartbeat), { durable: false });
  return {
    publish: (edition) => {
      const left = pushedAt + CALM_MS - Date.now();
      if (waiting !== null) clearTimeout(waiting);
      // A clock that was set back is no reason to wait.
      if (edition.urgent || left <= 0 || left > CALM_MS) push(edition);
      else waiting = setTimeout(() => push(edition), left);
    },
    beat: writeBeat,
    begin: async (variables) => {
      shown = new Map();
      pushedAt = 0;
      await writeBeat(variables);
      await source([...SET_HOOKS, WAKE, readAgain(heartbeat)]);
    },
    end: async ({ serverLives }) => {
      if (waiting !== null) clearTimeout(waiting);
      await last;
      await rm(heartbeat, { force: true });
      if (serverLives) await source([...UNSET_HOOKS, ...[...shown.values()].map(unset)]);
    },
  };
}

function byKey(variables: readonly BarVariable[]): Map<string, BarVariable> {
  return new Map(variables.map((variable) => [`${variable.scope ?? ''} ${variable.name}`, variable]));
}

/** The heartbeat itself changes all the time and is no reason for a push. */
function changedLines(before: ReadonlyMap<string, BarVariable>, variables: readonly BarVariable[]): string[] {
  const now = byKey(variables);
  const set = [...now].filter(([key, { value }]) => before.get(key)?.value !== value);
  const gone = [...before].filter(([key]) => !now.has(key));
  if (gone.length === 0 && set.every(([, { name }]) => name === BAR_NAMES.heartbeat)) return [];
  return [...set.map(([, variable]) => assign(variable)), ...gone.map(([, variable]) => unset(variable))];
}

/** The server's environment, or that of a session by its id. */
export function environmentOf(scope: BarVariable['scope']): string {
  return scope === null ? '-g' : `-t ${word(scope)}`;
}

function assign({ scope, name, value }: BarVariable): string {
  return `set-environment -h ${environmentOf(scope)} ${name} ${word(value)}`;
}

/** The line that takes a variable off again. */
export function unset({ scope, name }: Pick<BarVariable, 'scope' | 'name'>): string {
  return `set-environment -u ${environmentOf(scope)} ${name}`;
}

/** Read without a client, an error would open in a pane of whoever attaches next: what may be gone by then is asked for first. */
function beatText(variables: readonly BarVariable[], path: string): string {
  const lines = variables.map((variable) =>
    variable.scope === null
      ? assign(variable)
      : `if-shell -F ${word(`#{m:*|${variable.scope}|*,#{S:|#{session_id}|}}`)} ${word(assign(variable))}`,
  );
  return `${[...lines, readAgain(path)].join('\n')}\n`;
}

/** A timer inside tmux (3.2 and newer): no process is started. Without the file (its watcher ended) nothing is read, and nothing again. */
function readAgain(path: string): string {
  return `run-shell -b -d ${BEAT_S} -C ${word(`source-file -q ${word(asFormat(path))}`)}`;
}
