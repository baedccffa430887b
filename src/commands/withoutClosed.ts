import { pasted } from '../base/pasted.ts';
import { treeOwnerId, type Layout, type Pane } from '../layout/layout.ts';
import type { ClosedSession, FleetRecord } from '../store/fleetRecord.ts';

interface OpenPart {
  readonly layout: Layout;
  /** What `up` says about sessions that were closed, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * The layout without what was closed. A closed session that `--only` names (itself, or one that works in its clone) is made anew, and its
 * archive stays where it is. What works in the clone of a closed one cannot be there either, and that is said.
 */
export function withoutClosed(
  layout: Layout,
  { record, only }: { readonly record: FleetRecord | null; readonly only: readonly string[] | null },
): OpenPart {
  const closed = closedById(record);
  if (closed.size === 0) return { layout, notes: [] };
  const named = layout.panes.filter(({ id }) => only?.includes(id) === true);
  const anew = new Set(named.flatMap((pane) => [pane.id, treeOwnerId(pane)]).filter((id) => closed.has(id)));
  const isOut = (id: string): boolean => closed.has(id) && !anew.has(id);
  const homeless = layout.panes.filter((pane) => !isOut(pane.id) && isOut(treeOwnerId(pane)));
  return {
    layout: { ...layout, panes: layout.panes.filter((pane) => !isOut(pane.id) && !homeless.includes(pane)) },
    notes: [...[...anew].map((id) => describeAnew(id, closed.get(id))), ...homeless.map(describeHomeless)],
  };
}

/** The latest of each id that is not open again. */
function closedById(record: FleetRecord | null): ReadonlyMap<string, ClosedSession> {
  const open = new Set((record?.sessions ?? []).map(({ id }) => id));
  return new Map(
    (record?.closed ?? []).filter(({ session }) => !open.has(session.id)).map((entry) => [entry.session.id, entry]),
  );
}

function describeAnew(id: string, entry: ClosedSession | undefined): string {
  const archive = entry?.archive ?? null;
  return `"${id}" was closed and is made anew${archive === null ? '' : `; it was put away in ${archive}`}.`;
}

function describeHomeless(pane: Pane): string {
  const owner = treeOwnerId(pane);
  return `pane "${pane.id}" works in the clone of "${owner}", which is closed; \`${pasted`undo ${owner}`}\` brings that back.`;
}
