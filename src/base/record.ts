/** A record without a prototype: looking up `constructor` in it finds what was put there, and else nothing. */
export function recordOf<T>(entries: Iterable<readonly [string, T]>): Readonly<Record<string, T>> {
  const record = Object.fromEntries(entries);
  Object.setPrototypeOf(record, null);
  return record;
}

/** What a table holds under a name that came from outside; never what every object inherits (`toString`). */
export function ownAt<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
