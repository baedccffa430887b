import type { Dependency } from './layout.ts';
import type { WrittenDependency } from './schema.ts';
import type { Seat } from './seats.ts';
import { predecessor, type FleetFrame } from './trees.ts';

/** Whom a session waits for: what is written, else (in a pipeline) the one before it. */
export function dependenciesOf(seat: Seat, frame: FleetFrame): readonly Dependency[] {
  const written = writtenDependencies(seat.written.depends_on);
  if (seat.written.depends_on !== undefined) return written.map((one) => decide(one, frame));
  const before = predecessor(seat, frame);
  return before ? [{ id: before.id, until: before.defaults.until }] : [];
}

/** `depends_on` as a list, whichever way it is written. */
export function writtenDependencies(
  value: WrittenDependency | readonly WrittenDependency[] | undefined,
): readonly WrittenDependency[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

/** `Array.isArray` does not narrow a read-only list. */
function isList(value: WrittenDependency | readonly WrittenDependency[]): value is readonly WrittenDependency[] {
  return Array.isArray(value);
}

function decide(written: WrittenDependency, frame: FleetFrame): Dependency {
  const { id, until } = typeof written === 'string' ? { id: written, until: undefined } : written;
  if (typeof until === 'string') return { id, until };
  if (until?.file !== undefined) return { id, until: { file: until.file } };
  if (until?.command !== undefined) return { id, until: { command: until.command } };
  return { id, until: frame.seats.find((seat) => seat.id === id)?.defaults.until ?? 'done' };
}
