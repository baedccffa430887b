import type { Context } from '../apply/context.ts';
import type { TreeReading } from '../apply/readStatus.ts';
import type { BarFleet } from '../bar/bar.ts';
import type { FleetRecord } from '../store/fleetRecord.ts';
import type { TmuxClient } from '../tmux/readServer.ts';
import { renderAnswer } from './answer.ts';
import { makeGaze } from './gaze.ts';
import { livePids } from './livePids.ts';
import { liveTrees } from './liveTrees.ts';
import { treesOf } from './look.ts';
import { storeEvents } from './storeEvents.ts';
import { registryFolders, saysNothing, watchedFolders } from './watchedFolders.ts';

/** Who tells that something has happened: files of ours and of Claude's, clones, keys on a terminal. tmux itself is heard elsewhere. */
export interface Witnesses {
  /** Whose agents they watch from now on. */
  followAgents(records: readonly FleetRecord[]): void;
  /** Whose clones and panes. */
  followSessions(fleets: readonly BarFleet[], clients: readonly TmuxClient[]): void;
  /** The latest reading of a clone; null before its first. */
  treeOf(path: string): TreeReading | null;
  /** The text that the watcher's socket gives: all clones, each change until now included. */
  answer(): Promise<string>;
  /** Finds what no event told; true when a look is due. */
  sweep(): boolean;
  close(): void;
}

interface Listeners {
  /** An agent, or the user, did something. */
  readonly onEvent: () => void;
  /** A clone's reading is another one. */
  readonly onTree: () => void;
  /** Keys were pressed on these terminals: seconds since 1970 by client. */
  readonly onKey: (looked: ReadonlyMap<string, number>) => void;
  readonly onProblem: (problem: unknown) => void;
}

export function makeWitnesses(context: Context, { onEvent, onTree, onKey, onProblem }: Listeners): Witnesses {
  let fleets: readonly BarFleet[] = [];
  let registries = registryFolders(context, []);
  let pids = '';
  const events = storeEvents((folder, name) => {
    if (!saysNothing(context.store, folder, name)) onEvent();
  });
  const trees = liveTrees({ env: context.env, onChange: onTree, onProblem });
  const gaze = makeGaze(onKey);
  const treeOf = (path: string): TreeReading | null => trees.reading(path);
  return {
    followAgents: (records) => {
      registries = registryFolders(context, records);
      events.follow(watchedFolders(context, records));
    },
    followSessions: (now, clients) => {
      fleets = now;
      trees.follow(treesOf(now));
      gaze.follow(now, clients);
    },
    treeOf,
    answer: async () => {
      await trees.settle();
      return renderAnswer(treesOf(fleets), {
        reading: treeOf,
        isPolled: (path) => trees.isPolled(path),
        version: context.version,
      });
    },
    sweep: () => {
      const before = pids;
      pids = registries.map(livePids).join(';');
      trees.sweep();
      return pids !== before || events.missing() > 0;
    },
    close: () => {
      for (const witness of [events, trees, gaze]) witness.close();
    },
  };
}
