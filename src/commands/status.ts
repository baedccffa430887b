import type { Context } from '../apply/context.ts';
import type { FleetPlace } from '../apply/readEvidence.ts';
import { readStatus, readTree, type TreeSource } from '../apply/readStatus.ts';
import { isAsciiLocale } from '../base/locale.ts';
import { EXIT, UserError } from '../base/errors.ts';
import { renderStatusMarkdown } from '../status/renderMarkdown.ts';
import { renderStatusText } from '../status/renderText.ts';
import { namedServer, recordedServer } from './fleetServer.ts';
import { findStrays, readStrayStatus } from '../apply/readStrays.ts';
import { isUp, type FleetStatus, type StatusReport } from '../status/report.ts';
import { printBar } from './printBar.ts';
import { followStatus } from './followStatus.ts';
import { knownFleets, findFleet } from './pick.ts';
import type { Options } from './commandSpec.ts';
import { serverPaths } from '../store/paths.ts';
import { askWatcher } from '../watch/askWatcher.ts';

/** Shows the sessions of one fleet, or of all when none is named or stood in. */
export async function status(context: Context, [given]: readonly string[], options: Options): Promise<number> {
  const format = options['json'] === true ? 'json' : (options['format'] ?? 'text');
  const all = options['all'] === true;
  const wanted: Wanted = { given, all, whole: all || given !== undefined || format === 'json' };
  if (options['follow'] === true && format !== 'text')
    throw new UserError(`--follow keeps a screen up to date, and ${String(format)} is none`, {
      hint: 'leave out one of the two',
      exitCode: EXIT.usage,
    });
  if (options['follow'] === true) return follow(context, wanted);
  if (format === 'tmux') return printBar(context, { given, width: options['width'] });
  const report = await readReport(context, wanted);
  if (format === 'json') context.out(`${JSON.stringify(report, null, 2)}\n`);
  else if (format === 'markdown') context.out(renderStatusMarkdown(report, wanted));
  else
    context.out(
      renderStatusText(report, {
        whole: wanted.whole,
        color: context.color.out,
        columns: context.terminal?.columns ?? Infinity,
        now: context.now(),
        ascii: isAsciiLocale(context.env),
      }),
      'painted',
    );
  return report.fleets.some((fleet) => fleet.sessions.some((session) => session.error !== null)) ? 1 : 0;
}

/** What is said beside the result would be written across the screen. */
function follow(context: Context, wanted: Wanted): Promise<number> {
  const quiet = { ...context, talk: () => undefined };
  return followStatus(context, { read: () => readReport(quiet, wanted), whole: wanted.whole });
}

interface Wanted {
  /** Name of the one fleet; undefined means all. */
  readonly given: string | undefined;
  /** True takes in the Claude sessions that belong to no fleet. */
  readonly all: boolean;
  /** False when fleets that are down get a line each: their clones are not read then. */
  readonly whole: boolean;
}

/** The status of what is asked for, as it is at this moment; fleets that are up come first. */
export async function readReport(context: Context, { given, all, whole }: Wanted): Promise<StatusReport> {
  const fleets = given === undefined ? await knownFleets(context) : [await findFleet(context, given)];
  const places = fleets.map((record) => ({ record, server: recordedServer(record) }));
  const treeOf = knownTrees(context, places);
  const { fleets: own } = await readStatus(context, places, { treeOf, onlyUp: !whole });
  const sorted = [...own.filter(isUp), ...own.filter((fleet) => !isUp(fleet))];
  return { version: 1, fleets: all ? [...sorted, ...(await others(context))] : sorted };
}

/** Trees as a watcher knows them, which saves asking git; what none knows is read here. Asked for with the first tree: what takes longer (tmux) is under way by then. */
export function knownTrees(context: Context, places: readonly FleetPlace[]): TreeSource {
  const sockets = [...new Set(places.map(({ server }) => serverPaths(context.store, server.socket).socket))];
  let asked: Promise<readonly Awaited<ReturnType<typeof askWatcher>>[]> | undefined;
  return async (path, base) => {
    asked ??= Promise.all(sockets.map((socket) => askWatcher(socket, context.version)));
    const known = (await asked).map((answer) => answer?.get(path)).find((tree) => tree?.base === base);
    return known?.reading ?? readTree(context, path, base);
  };
}

/** Claude sessions of this tmux server that are no fleet's agents. */
async function others(context: Context): Promise<readonly FleetStatus[]> {
  const server = namedServer(context);
  return readStrayStatus(context, server, await findStrays(context, server, await knownFleets(context)));
}
