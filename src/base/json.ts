/** Parsed JSON comes in as `unknown`; these read it without trusting its shape. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under `key`; null when it is absent or something else. */
export function textAt(object: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = object[key];
  return typeof value === 'string' ? value : null;
}

/** The finite number under `key`; null when it is absent or something else. */
export function numberAt(object: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = object[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The moment under `key` in milliseconds since 1970; null when it is absent, or nothing that a `Date` can hold. */
export function timeAt(object: Readonly<Record<string, unknown>>, key: string): number | null {
  const time = numberAt(object, key);
  return time !== null && isTime(time) ? time : null;
}

/** True for whole milliseconds after 1970 that a `Date` can hold. */
export function isTime(time: number): boolean {
  return Number.isInteger(time) && time > 0 && time < 8.64e15;
}

/** The texts of the list under `key`; members that are no text are dropped, anything but a list is empty. */
export function textsAt(object: Readonly<Record<string, unknown>>, key: string): readonly string[] {
  const value = object[key];
  return Array.isArray(value) ? value.filter((member): member is string => typeof member === 'string') : [];
}
