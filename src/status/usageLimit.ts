/** A usage limit that Claude stated; `until` in milliseconds since 1970, null when it named no time. */
export interface UsageLimit {
  readonly until: number | null;
}

/**
 * The limit in the words of a failed turn, null when they speak of none. Claude Code says `rate_limit` for a usage limit and for any 429 of
 * a busy server alike, and the latter's words may deny a usage limit: a limit is what begins as one of these does.
 */
export function parseLimit(text: string, now: number): UsageLimit | null {
  const words = text.trim().replaceAll('’', "'");
  if (!LIMITS.some((limit) => limit.test(words))) return null;
  const stamp = /\|\s*(\d{10})\b/.exec(words)?.[1];
  return { until: stamp === undefined ? parseReset(words, now) : Number(stamp) * 1000 };
}

const LIMITS: readonly RegExp[] = [
  // `You've hit your 5-hour limit · resets 9:14pm (UTC)` (2.1.332), `… session limit`, `… weekly limit`, `… Fable 5 limit`, `… limit`.
  /^you've (hit|reached) your\b/i,
  // `Claude AI usage limit reached|1760000000`, also behind "API Error: …" (2.1.197).
  /\bclaude ai usage limit reached\|\d{10}\b/i,
  // `5-hour limit reached ∙ resets 3:30pm`, `Claude usage limit was reached` (older).
  /^(claude|\d+-hour|session|weekly|opus|sonnet|usage)\b[\w ]{0,30}\blimit (was |is )?reached\b/i,
];

/** `resets 7pm (Europe/Paris)`, `resets at 4:49am (UTC)`, `resets Nov 30, 4:49am (UTC)`; without a zone the words do not say whose clock, and neither do we. */
function parseReset(words: string, now: number): number | null {
  const found =
    /\bresets?(?: at| on)? (?:([a-z]{3})[a-z]* (\d{1,2})(?:,| at)+ ?)?(\d{1,2})(?::(\d{2}))?\s*(am|pm)\s*\(([^)]+)\)/i.exec(
      words,
    );
  const [, month, day, hour, minute = '0', half = '', zone = ''] = found ?? [];
  if (!found || !isZone(zone)) return null;
  const minutes = ((Number(hour) % 12) + (half.toLowerCase() === 'pm' ? 12 : 0)) * 60 + Number(minute);
  return month === undefined
    ? nextTime(now, { minutes, zone })
    : nextDate(now, { month: MONTHS.indexOf(month.toLowerCase()), day: Number(day), minutes, zone });
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Clock {
  /** Of the day. */
  readonly minutes: number;
  readonly zone: string;
}

/** The next time of that clock, this minute included. */
function nextTime(now: number, { minutes, zone }: Clock): number {
  const shown = new Date(wallTime(now, zone));
  const today = Date.UTC(shown.getUTCFullYear(), shown.getUTCMonth(), shown.getUTCDate()) + minutes * MINUTE;
  const time = instant(today, zone);
  return time + MINUTE > now ? time : instant(today + DAY, zone);
}

/** That day of this year, or of the next one where this year's is long over; null for a month that is none. */
function nextDate(
  now: number,
  { month, day, minutes, zone }: Clock & { readonly month: number; readonly day: number },
): number | null {
  if (month < 0) return null;
  const year = new Date(wallTime(now, zone)).getUTCFullYear();
  const time = instant(Date.UTC(year, month, day) + minutes * MINUTE, zone);
  return time > now - 30 * DAY ? time : instant(Date.UTC(year + 1, month, day) + minutes * MINUTE, zone);
}

/** The moment at which the clocks of a zone show this time (milliseconds, as if in UTC). */
function instant(shown: number, zone: string): number {
  const guess = shown - (wallTime(shown, zone) - shown);
  // Where the offset changes in between, the guess is off by that change.
  return guess + shown - wallTime(guess, zone);
}

/** What the clocks of a zone show at a moment, in milliseconds as if in UTC, to the minute. */
function wallTime(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(time);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'));
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
