import { writtenDependencies } from '../dependencies.ts';
import type { NormalPane } from '../normalize.ts';
import { nearest } from '../nearest.ts';
import { error, type KeyPath, type Problem } from '../problem.ts';
import type { WrittenPane } from '../schema.ts';
import type { Facts } from './facts.ts';

/** Dependencies on nobody and on oneself, and `until` maps that say nothing or two things. */
export function dependencyRules({ normal }: Facts): readonly Problem[] {
  const ids = normal.panes.map(({ pane }) => pane.id).filter((id) => id !== '');
  return normal.panes.flatMap(({ index, written, pane }) => {
    const { depends_on: value } = written;
    return writtenDependencies(value).flatMap((one, place) => {
      const path = ['panes', index, 'depends_on', ...(Array.isArray(value) ? [place] : [])];
      const id = typeof one === 'string' ? one : one.id;
      const named = typeof one === 'string' ? path : [...path, 'id'];
      return [...unknownId(id, ids, named), ...ownId(id, pane.id, named), ...untilProblems(one, path)];
    });
  });
}

function unknownId(id: string, ids: readonly string[], path: KeyPath): Problem[] {
  if (ids.includes(id)) return [];
  return [error('unknown-pane', path, `there is no pane "${id}"`, idHint(id, ids))];
}

/** Told apart from longer rings: a pane may be in one of those as well, and each ring is told by its first pane only. */
function ownId(id: string, own: string, path: KeyPath): Problem[] {
  return id === '' || id !== own
    ? []
    : [error('dependency-cycle', path, `the session "${id}" waits for itself`, 'remove it from "depends_on"')];
}

/** The id that was probably meant, else all there are. */
export function idHint(id: string, ids: readonly string[]): string {
  const known = [...new Set(ids)].filter((each) => each !== '');
  if (known.length === 0) return 'no pane here has an id: add one, id: short-name';
  const near = nearest(id, known);
  return near === null ? `ids here: ${known.join(', ')}` : `did you mean "${near}"?`;
}

function untilProblems(one: ReturnType<typeof writtenDependencies>[number], path: KeyPath): Problem[] {
  const until = typeof one === 'string' ? undefined : one.until;
  if (typeof until !== 'object' || (until.file === undefined) !== (until.command === undefined)) return [];
  return [
    error(
      'bad-until',
      [...path, 'until'],
      '"until" waits for a file or for a command',
      'until: {file: PATH} or until: {command: CMD}',
    ),
  ];
}

/** Rings of two and more dependencies; the one between two sessions is named once, from its first pane on. */
export function cycleRules({ normal }: Facts): readonly Problem[] {
  const edges = new Map(
    normal.panes.map(({ pane }) => [pane.id, pane.dependsOn.map(({ id }) => id).filter((id) => id !== pane.id)]),
  );
  const reported = new Set<string>();
  return normal.panes.flatMap((each) => {
    const ring = ringFrom(each.pane.id, edges);
    if (!ring || ring.some((id) => reported.has(id))) return [];
    for (const id of ring) reported.add(id);
    return [
      error(
        'dependency-cycle',
        pathOf(each),
        `these sessions wait for each other: ${[...ring, each.pane.id].join(' → ')}`,
        'remove one "depends_on"',
      ),
    ];
  });
}

function pathOf({ index, written }: NormalPane): KeyPath {
  const key: keyof WrittenPane = written.depends_on === undefined ? 'name' : 'depends_on';
  return ['panes', index, key];
}

/** The shortest ring that leads from `start` back to it. */
function ringFrom(start: string, edges: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    for (const next of edges.get(id) ?? []) {
      if (next === start) return trail(id, start, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return null;
}

function trail(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const ids = [end];
  for (let id = end; id !== start;) {
    id = cameFrom.get(id) ?? start;
    ids.unshift(id);
  }
  return ids;
}
