import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../apply/context.ts';
import { isObject, textAt } from '../../base/json.ts';
import { BAR_NAMES } from '../../bar/names.ts';
import type { WatcherAnswer, WatcherReading } from '../../doctor/watcher.ts';
import type { PluginFacts } from '../../plugin/facts.ts';
import { WATCH_HOOK_INDEX } from '../../plugin/names.ts';
import { readText } from '../../store/file.ts';
import { readLiveProcess } from '../../store/identityFile.ts';
import { serverPaths } from '../../store/paths.ts';
import { readLifeOfPid } from '../../store/process.ts';
import type { TmuxServer } from '../../tmux/tmux.ts';
import { readAnswer } from '../../watch/askWatcher.ts';

interface Around {
  readonly server: TmuxServer;
  /** What is in the server; null when none runs. */
  readonly plugin: PluginFacts | null;
  readonly wanted: WatcherReading['wanted'];
}

/** What the watcher of a server is at. */
export async function readWatcher(
  context: Context,
  { server, plugin, wanted }: Around,
  { process, answer }: WatcherLife,
): Promise<WatcherReading> {
  const { log } = serverPaths(context.store, server.socket);
  const heartbeat = Number(plugin?.variables[BAR_NAMES.heartbeat] ?? NaN);
  return {
    wanted,
    switchedOff: isSwitchedOff(context),
    process,
    answer,
    own: context.version,
    hasHooks: plugin === null || plugin.hooks.some((hook) => hook.endsWith(`[${WATCH_HOOK_INDEX}]`)),
    heartbeat: Number.isFinite(heartbeat) ? heartbeat : null,
    log: recentLines((await readText(log)) ?? '', context.now()),
    logPath: log,
  };
}

export type WatcherLife = Pick<WatcherReading, 'process' | 'answer'>;

/** A watcher that has just been started, or makes room for another version, is there in a moment. In milliseconds, as the pause between two looks. */
const PATIENCE_MS = 2500;
const BETWEEN_MS = 250;

/** Whether it lives and answers; `isWanted` is for one that should, which is given time to start. */
export async function readWatcherLife(context: Context, server: TmuxServer, isWanted: boolean): Promise<WatcherLife> {
  const paths = serverPaths(context.store, server.socket);
  for (const end = performance.now() + PATIENCE_MS; ;) {
    const process = await readProcess(paths.pid);
    const answer = process?.life === 'runs' ? await askHow(paths.socket) : null;
    const mayCome = process === null ? isWanted && !isSwitchedOff(context) : process.life === 'runs' && answer === null;
    if (!mayCome || performance.now() > end) return { process, answer };
    await pause(BETWEEN_MS);
  }
}

function isSwitchedOff({ env }: Context): boolean {
  return env['CLAUDE_TMUX_WATCH'] === 'off';
}

async function readProcess(path: string): Promise<WatcherReading['process']> {
  const named = await readLiveProcess(path);
  return named === null ? null : { pid: named.pid, life: await readLifeOfPid(named.pid) };
}

async function askHow(socket: string): Promise<WatcherAnswer | null> {
  const began = performance.now();
  const answer = await readAnswer(socket);
  if (answer === null) return null;
  const trees = isObject(answer['trees']) ? Object.entries(answer['trees']) : [];
  const polled = trees
    .filter(([, tree]) => isObject(tree) && tree['isPolled'] === true && !isUnread(tree))
    .map(([path]) => path);
  return {
    program: textAt(answer, 'program') ?? 'unknown',
    trees: trees.length,
    polled,
    ms: Math.round(performance.now() - began),
  };
}

/** A clone that is gone or broken is a finding of its own. */
function isUnread({ reading }: Readonly<Record<string, unknown>>): boolean {
  return isObject(reading) && 'error' in reading;
}

const DAY_MS = 86_400_000;

/** The lines that begin with a time; what follows one (a stack) is for who reads the file. */
function recentLines(log: string, now: number): readonly string[] {
  return log.split('\n').filter((line) => {
    const time = Date.parse(/^\d{4}-\d\d-\d\dT[\d:.]+Z(?= )/.exec(line)?.[0] ?? '');
    return Number.isFinite(time) && now - time < DAY_MS;
  });
}
