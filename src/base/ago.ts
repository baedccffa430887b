/** A length of time as people read it at a glance: `now`, `40s`, `12m`, `3h`, `2d`. `ms` in milliseconds. */
export function describeSpan(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

/** Milliseconds of `14d`, `12h`, `30m`, `40s`, `2w`; null for anything else. */
export function parseSpan(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const each = UNITS[unit];
  return each === undefined ? null : Number(count) * each;
}
