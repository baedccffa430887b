/** A usage limit that Claude stated; `until` in milliseconds since 1970, null when it named no time. */
export interface UsageLimit {
  readonly until: number | null;
}

/**
 * The limit in Claude's words, null when they speak of none (a 429 of a busy server is an error, not a limit). Forms seen in the field:
 * `Claude AI usage limit reached|1760000000`, `You've hit your limit · resets 7pm (Europe/Paris)`, `5-hour limit reached ∙ resets 3:30pm`.
 */
export function parseLimit(text: string, now: number): UsageLimit | null {
  if (!/\blimit (was |is )?reached|\b(hit|reached) your( \S+)? (usage )?limit|usage limit/i.test(text)) return null;
  const stamp = /\|\s*(\d{10})\b/.exec(text)?.[1];
  if (stamp !== undefined) return { until: Number(stamp) * 1000 };
  return { until: parseClock(text, now) };
}

/** The next time of that clock in the zone it names; without a zone the words do not say which one, and neither do we. */
function parseClock(text: string, now: number): number | null {
  const found = /resets?(?: at)? (\d{1,2})(?::(\d{2}))?\s*(am|pm)\b(?:\s*\(([^)]+)\))?/i.exec(text);
  const zone = found?.[4];
  if (!found || zone === undefined || !isZone(zone)) return null;
  const hour = (Number(found[1]) % 12) + (found[3]?.toLowerCase() === 'pm' ? 12 : 0);
  const wanted = hour * 60 + Number(found[2] ?? 0);
  const minutes = (wanted - minuteOfDay(now, zone) + 1440) % 1440;
  return Math.floor(now / 60_000) * 60_000 + minutes * 60_000;
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    // RangeError: no such zone.
    return false;
  }
}

function minuteOfDay(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(now);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  return part('hour') * 60 + part('minute');
}
