import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from '../../apply/context.ts';
import { readBarStyle } from '../../apply/readBarStyle.ts';
import type { BarFleet, BarVariable } from '../../bar/bar.ts';
import { BAR_NAMES } from '../../bar/names.ts';
import { barVariables } from '../../bar/barVariables.ts';
import type { Link } from '../../doctor/chain.ts';
import { readFleets } from '../../store/fleets.ts';
import { serverPaths } from '../../store/paths.ts';
import { readVariables } from '../../tmux/readVariables.ts';
import { readView } from '../../tmux/readView.ts';
import type { TmuxServer } from '../../tmux/tmux.ts';
import { askWatcher } from '../../watch/askWatcher.ts';
import { forGroups, look } from '../../watch/look.ts';

/** A change may be on its way: the watcher publishes at most once a second. Looks, and milliseconds between two. */
const LOOKS = 6;
const BETWEEN_MS = 700;

/** Whether what tmux shows now is what the bar would say of the sessions now; null where no watcher answers that could be asked. */
export async function compareBar(context: Context, server: TmuxServer): Promise<Link | null> {
  for (let left = LOOKS; ; left--) {
    const began = performance.now();
    const differing = await findDifferences(context, server);
    if (differing === null) return null;
    const link: Link = {
      id: 'published',
      what: 'tmux shows what is so now',
      ms: performance.now() - began,
      problem: null,
    };
    if (differing.length === 0) return link;
    if (left === 1) return { ...link, problem: `what tmux shows is not what is so now, in ${differing.join(', ')}` };
    await pause(BETWEEN_MS);
  }
}

async function findDifferences(context: Context, server: TmuxServer): Promise<readonly string[] | null> {
  // In another locale tmux prints `_` for every character that is not ASCII (3.3a).
  const env = { ...context.env, LC_ALL: 'C.UTF-8' };
  const [view, { records }, trees] = await Promise.all([
    readView(server, env),
    readFleets(context.store),
    askWatcher(serverPaths(context.store, server.socket).socket, context.version),
  ]);
  if (view === null || trees === null) return null;
  const fleets = await look(context, { server, view, records, treeOf: (path) => trees.get(path)?.reading ?? null });
  const shown =
    (await readVariables(
      server,
      view.sessions.map(({ id }) => id),
      env,
    )) ?? new Map<string, string>();
  // The watcher draws the marks of the locale in which it was started, and this may be another one.
  const styles = await Promise.all(
    [context.env, env].map((locale) => readBarStyle({ ...context, env: locale }, server)),
  );
  const moments = momentsOf(fleets, Number(shown.get(` ${BAR_NAMES.heartbeat}`)));
  const looks = styles.flatMap((style) => moments.map((now) => ({ style, now })));
  const readings = looks.map((one) => differences(forGroups(barVariables(fleets, one), view), shown));
  return readings.reduce((fewest, one) => (one.length < fewest.length ? one : fewest));
}

/**
 * The moments, in milliseconds, at which what is shown can have been made. The heartbeat tells the second; within it the
 * minutes of a wait change at the millisecond at which that began.
 */
function momentsOf(fleets: readonly BarFleet[], heartbeat: number): readonly [number, ...number[]] {
  const second = heartbeat * 1000;
  const begins = fleets.flatMap(({ status }) =>
    status.sessions.flatMap(({ agent }) => (agent.since === null ? [] : [Date.parse(agent.since) % 1000])),
  );
  return [second, ...new Set(begins.map((begin) => second + begin))];
}

function differences(wanted: readonly BarVariable[], shown: ReadonlyMap<string, string>): readonly string[] {
  const other = wanted.filter(
    ({ scope, name, value }) =>
      name !== BAR_NAMES.heartbeat && plain(shown.get(`${scope ?? ''} ${name}`) ?? '') !== plain(value),
  );
  return other.map(({ scope, name }) => (scope === null ? name : `${name} of ${scope}`));
}

/** Without its styles: NO_COLOR may be set here and not where the watcher was started. */
function plain(value: string): string {
  return value.replace(/#\[[^\]]*\]/g, '');
}
