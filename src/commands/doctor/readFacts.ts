import type { Context } from '../../apply/context.ts';
import { UserError } from '../../base/errors.ts';
import type { Link } from '../../doctor/chain.ts';
import type { DoctorFacts } from '../../doctor/diagnose.ts';
import type { WatcherReading } from '../../doctor/watcher.ts';
import { isTmuxUnusable } from '../../doctor/programs.ts';
import { LOADED } from '../../plugin/names.ts';
import { type Fleets, readFleets } from '../../store/fleets.ts';
import { readTmuxProgram } from '../../tmux/readOptions.ts';
import { readPlugin } from '../../tmux/readPlugin.ts';
import type { TmuxServer } from '../../tmux/tmux.ts';
import { namedServer } from '../fleetServer.ts';
import { compareBar } from './compareBar.ts';
import { lookAtFleets, type LookedAtFleet } from './lookAtFleets.ts';
import { lookAtServer, type LookedAtServer } from './lookAtServer.ts';
import { readDeadAgents } from './readAgentSockets.ts';
import { readHooks } from './readHooks.ts';
import { readMachine } from './readMachine.ts';
import { orNull, readPrograms } from './readPrograms.ts';
import { readWatcher, readWatcherLife } from './readWatcher.ts';
import { tryChain } from './tryChain.ts';

/** All that `doctor` goes by, read side by side where one thing does not need another. What is missing is a fact, not an error. */
export async function readFacts(context: Context): Promise<DoctorFacts> {
  const server = namedServer(context);
  const [{ records, problems }, tmux] = await Promise.all([
    readRecords(context),
    orNull(readTmuxProgram(server, context.env)),
  ]);
  const hasTmux = !isTmuxUnusable(tmux);
  const [fleets, seen] = await Promise.all([
    lookAtFleets(context, records, { server, hasTmux }),
    hasTmux && tmux !== null ? lookAtServer(context, server, tmux) : null,
  ]);
  const programs = await readPrograms(context, tmux, claudeCommands(fleets));
  const [hooks, machine, bar, trial] = await Promise.all([
    readHooks(
      context,
      fleets,
      programs.claude.map(({ version }) => version),
    ),
    readDeadAgents(context, fleets).then((deadAgents) =>
      readMachine(context, { server: seen?.server.options ?? null, deadAgents }),
    ),
    seen === null ? null : readBar(context, { server, seen, fleets }),
    followTrial(context, programs.claude[0]?.version ?? null),
  ]);
  return {
    programs,
    server: seen?.server ?? null,
    plugin: seen === null ? null : { facts: seen.plugin, program: seen.program, own: context.version },
    watcher: bar?.watcher ?? null,
    fleets: fleets.map(({ reading }) => reading),
    recordProblems: problems.map(({ message, hint }) => ({ message, hint: hint ?? null })),
    hooks,
    machine,
    chain: [...trial, ...(bar?.link ? [bar.link] : [])],
  };
}

async function readRecords(context: Context): Promise<Fleets> {
  try {
    return await readFleets(context.store);
  } catch (error) {
    if (error instanceof UserError) return { records: [], problems: [error] };
    throw error;
  }
}

/** The different ways in which fleets start Claude Code. */
function claudeCommands(fleets: readonly LookedAtFleet[]): readonly (readonly string[])[] {
  const commands = fleets.flatMap(({ layout }) =>
    (layout?.panes ?? []).flatMap(({ work }) => (work.kind === 'agent' && work.isClaude ? [work.command] : [])),
  );
  return [...new Map(commands.map((command) => [command.join('\0'), command])).values()];
}

interface Around {
  readonly server: TmuxServer;
  readonly seen: LookedAtServer;
  readonly fleets: readonly LookedAtFleet[];
}

/** The watcher, and whether tmux shows what it should; only one of this version can be asked that. Read last is what it puts into tmux when it starts. */
async function readBar(
  context: Context,
  { server, seen, fleets }: Around,
): Promise<{ readonly watcher: WatcherReading; readonly link: Link | null }> {
  const wanted = whyWatched(seen, fleets);
  const life = await readWatcherLife(context, server, wanted !== null);
  const link = life.answer?.program === context.version ? await compareBar(context, server) : null;
  const plugin = link === null ? seen.plugin : await readPlugin(server, context.env);
  return { watcher: await readWatcher(context, { server, plugin, wanted }, life), link };
}

function whyWatched({ plugin }: LookedAtServer, fleets: readonly LookedAtFleet[]): WatcherReading['wanted'] {
  if (fleets.some(({ reading }) => reading.isHere && reading.isUp === true)) return 'a fleet is up';
  const loaded = plugin?.variables[LOADED];
  return loaded === undefined || loaded === 'hint' ? null : 'the plugin is loaded';
}

/** Where nothing can be written no hook can leave anything either; the state folder's own finding says so. */
async function followTrial(context: Context, claude: string | null): Promise<readonly Link[]> {
  try {
    return await tryChain(context, claude);
  } catch (error) {
    if (error instanceof UserError || (error instanceof Error && 'code' in error)) return [];
    throw error;
  }
}
