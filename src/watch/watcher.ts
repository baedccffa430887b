import { performance } from 'node:perf_hooks';
import type { Context } from '../apply/context.ts';
import { readWrittenMarks } from '../apply/readBarStyle.ts';
import type { BarFleet, BarStyle, BarVariable } from '../bar/bar.ts';
import { barStyle } from '../bar/barStyle.ts';
import { barVariables, laterVariables } from '../bar/barVariables.ts';
import { readFleets } from '../store/fleets.ts';
import type { ServerPaths } from '../store/paths.ts';
import type { ServerView } from '../tmux/serverView.ts';
import type { TmuxServer } from '../tmux/tmux.ts';
import { answerOn } from './answer.ts';
import { isWantedBy } from './isWanted.ts';
import { writeLog } from './log.ts';
import { fleetsOn, forGroups, look } from './look.ts';
import { untilNextLook } from './nextLook.ts';
import { type Edition, makePublisher } from './publisher.ts';
import { makeRhythm } from './rhythm.ts';
import { makeSyncQueue, type SyncQueue } from './queuedSyncs.ts';
import { isUrgent, statesOf } from './urgent.ts';
import { makeWitnesses, type Witnesses } from './witnesses.ts';

export interface Watcher {
  /** What the server looks like now. */
  see(view: ServerView): void;
  /** Lets go of everything; what it put into the server is taken off while that lives. */
  close(how: { readonly serverLives: boolean }): Promise<void>;
}

export interface WatcherPlace {
  readonly server: TmuxServer;
  readonly paths: ServerPaths;
  /** Hears that the server has neither a fleet nor the plugin. */
  readonly onOver: () => void;
}

/** Between two sweeps, in milliseconds: the heartbeat, and what no event tells. */
const SWEEP_MS = 20_000;

/** Looks whenever something is told (by hooks, Claude's registry, files, tmux), and publishes what is new. */
export async function makeWatcher(context: Context, { server, paths, onOver }: WatcherPlace): Promise<Watcher> {
  let view: ServerView | null = null;
  let shown: Shown = { fleets: [], variables: [], style: { marks: 'unicode', color: true } };
  let toldAt = -Infinity;

  const onProblem = (problem: unknown): void => writeLog(paths.log, textOf(problem), context.now());
  const rhythm = makeRhythm(async () => view && lookAndPublish(view), onProblem);
  const poke = (): void => {
    toldAt = performance.now();
    rhythm.poke();
  };
  const witnesses = makeWitnesses(context, {
    onEvent: poke,
    onTree: () => rhythm.poke(),
    onKey: (looked) => {
      view = view && withKeys(view, looked);
      poke();
    },
    onProblem,
  });
  const syncs = makeSyncQueue(context, server, onProblem);
  const publisher = makePublisher({ server, paths, env: context.env, onProblem });
  const answers = await answerOn(paths.socket, () => witnesses.answer());

  const lookAndPublish = async (seen: ServerView): Promise<void> => {
    const found = await lookAround(context, { server, seen, witnesses, syncs });
    if (found === null) {
      onOver();
      return;
    }
    const urgent = isUrgent(statesOf(shown.fleets), statesOf(found));
    shown = await show(context, seen, found);
    publisher.publish({ ...whereTo(seen), variables: forGroups(shown.variables, seen), urgent });
    rhythm.pokeIn(untilNextLook(found, performance.now() - toldAt));
  };
  const sweeps = sweepEvery(context, (jumped) => {
    if (witnesses.sweep() || jumped) poke();
    if (view === null) return;
    shown = {
      ...shown,
      variables: laterVariables(shown.fleets, { style: shown.style, now: context.now() }, shown.variables),
    };
    publisher.beat(forGroups(shown.variables, view)).catch(onProblem);
  });
  return {
    see: (next) => {
      const isAnother = view?.pid !== next.pid;
      view = next;
      // One that was started too late (its fleet is down, the plugin out) comes and goes without a trace.
      if (isAnother && isWantedBy(next)) publisher.begin(forGroups(shown.variables, next)).catch(onProblem);
      poke();
    },
    close: async (how) => {
      clearInterval(sweeps);
      await endAll({ rhythm, syncs, witnesses, answers, publisher }, how);
    },
  };
}

interface Parts {
  readonly rhythm: ReturnType<typeof makeRhythm>;
  readonly syncs: ReturnType<typeof makeSyncQueue>;
  readonly witnesses: ReturnType<typeof makeWitnesses>;
  readonly answers: Awaited<ReturnType<typeof answerOn>>;
  readonly publisher: ReturnType<typeof makePublisher>;
}

async function endAll(
  { rhythm, syncs, witnesses, answers, publisher }: Parts,
  how: { readonly serverLives: boolean },
): Promise<void> {
  await rhythm.close();
  await syncs.close();
  witnesses.close();
  answers?.close();
  await publisher.end(how);
}

function whereTo({ clients, runsJobs }: ServerView): Pick<Edition, 'clients' | 'runsJobs'> {
  return { clients: clients.map(({ name }) => name), runsJobs };
}

function withKeys(view: ServerView, looked: ReadonlyMap<string, number>): ServerView {
  return {
    ...view,
    clients: view.clients.map((client) => ({ ...client, activity: looked.get(client.name) ?? client.activity })),
  };
}

interface Around {
  readonly server: TmuxServer;
  readonly seen: ServerView;
  readonly witnesses: Witnesses;
  readonly syncs: SyncQueue;
}

/** Every session of the server; null when there is neither a fleet nor the plugin. */
async function lookAround(
  context: Context,
  { server, seen, witnesses, syncs }: Around,
): Promise<readonly BarFleet[] | null> {
  const { records } = await readFleets(context.store);
  const up = fleetsOn({ view: seen, records }).map(({ record }) => record);
  if (up.length === 0 && !seen.hasPlugin) return null;
  // Before the look: what happens while it goes on is told.
  witnesses.followAgents(up);
  const fleets = await look(context, { server, view: seen, records, treeOf: (path) => witnesses.treeOf(path) });
  witnesses.followSessions(fleets, seen.clients);
  syncs.follow(up, fleets);
  return fleets;
}

/** What the bar shows. */
interface Shown {
  readonly fleets: readonly BarFleet[];
  readonly variables: readonly BarVariable[];
  readonly style: BarStyle;
}

async function show(context: Context, { options }: ServerView, fleets: readonly BarFleet[]): Promise<Shown> {
  const style = barStyle({ options, writtenMarks: await readWrittenMarks(context), env: context.env });
  return { fleets, variables: barVariables(fleets, { style, now: context.now() }), style };
}

/** `jumped`: the clock did; the machine slept, or was set. */
function sweepEvery(context: Pick<Context, 'now'>, sweep: (jumped: boolean) => void): NodeJS.Timeout {
  let sweptAt = context.now();
  return setInterval(() => {
    const jumped = Math.abs(context.now() - sweptAt - SWEEP_MS) > SWEEP_MS / 2;
    sweptAt = context.now();
    sweep(jumped);
  }, SWEEP_MS);
}

function textOf(problem: unknown): string {
  return problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
}
