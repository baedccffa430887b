/** True when the first version in `text` (`git version 2.39.5 (Apple Git-154)`) is `floor` or newer; what cannot be read is taken for new. */
export function isAtLeast(text: string, [major, minor]: readonly [number, number]): boolean {
  const [, a, b] = /(\d+)\.(\d+)/.exec(text) ?? [];
  if (a === undefined || b === undefined) return true;
  return Number(a) > major || (Number(a) === major && Number(b) >= minor);
}
