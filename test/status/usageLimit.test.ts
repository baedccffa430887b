import { describe, expect, it } from 'vitest';
import { parseLimit } from '../../src/status/usageLimit.ts';

const NOW = Date.parse('2026-11-27T22:30:20Z');
const utc = (time: string): number => Date.parse(time);

describe('words that state a usage limit', () => {
  it.each<[string, number | null]>([
    ["You've hit your 5-hour limit · resets 9:14pm (UTC)", utc('2026-11-28T21:14Z')],
    ["You've hit your 5-hour limit · resets 11:14pm (UTC)", utc('2026-11-27T23:14Z')],
    ["You've hit your 5-hour limit · resets 10:30pm (UTC)", utc('2026-11-27T22:30Z')],
    ["You've hit your session limit · resets 12am (UTC)", utc('2026-11-28T00:00Z')],
    ["You've hit your weekly limit · resets Nov 30, 4:49am (UTC)", utc('2026-11-30T04:49Z')],
    ["You've hit your weekly limit · resets Nov 30 at 4am (UTC)", utc('2026-11-30T04:00Z')],
    ["You've hit your weekly limit · resets Jan 2, 12pm (UTC)", utc('2027-01-02T12:00Z')],
    ["You've hit your weekly limit · resets Nov 27, 1:05pm (UTC)", utc('2026-11-27T13:05Z')],
    ["You've hit your weekly limit · resets 8:23am (UTC)", utc('2026-11-28T08:23Z')],
    ["You've hit your weekly limit · resets Nov 30, 4:49am (America/New_York)", utc('2026-11-30T09:49Z')],
    ["You've hit your weekly limit · resets Mar 14, 3:30am (America/New_York)", utc('2027-03-14T07:30Z')],
    ["You've hit your weekly limit · resets Foo 30, 4:49am (UTC)", null],
    ["You've hit your Opus limit · resets 8:23am (UTC)", utc('2026-11-28T08:23Z')],
    ["You've hit your Sonnet limit · resets 8:23am (UTC)", utc('2026-11-28T08:23Z')],
    ["You've hit your Fable limit · resets 8:23am (UTC)", utc('2026-11-28T08:23Z')],
    ["You've hit your Fable 5 limit · resets 8:23am (UTC)", utc('2026-11-28T08:23Z')],
    ["You've hit your limit · resets 7pm (Europe/Paris)", utc('2026-11-28T18:00Z')],
    ['You’ve hit your limit · resets 7pm (Europe/Paris)', utc('2026-11-28T18:00Z')],
    ["You've hit your limit · resets 3:30am (Asia/Kolkata)", utc('2026-11-28T22:00Z')],
    ["You've hit your limit · resets 7pm (Nowhere/At_All)", null],
    ["You've hit your limit · resets 7pm", null],
    ["You've hit your limit", null],
    ['Claude AI usage limit reached|1760000000', 1_760_000_000_000],
    ['API Error: Request rejected (429) · Claude AI usage limit reached|1760000000', 1_760_000_000_000],
    ['5-hour limit reached ∙ resets 3:30pm', null],
    ['Claude usage limit reached. Your limit will reset at 5pm (UTC).', utc('2026-11-28T17:00Z')],
  ])('%s', (text, until) => {
    expect(parseLimit(text, NOW)).toEqual({ until });
  });
});

describe('words that state none', () => {
  it.each([
    'Server is temporarily limiting requests (not your usage limit) · Rate limited',
    'API Error: Server is temporarily limiting requests (not your usage limit)',
    'API Error: Request rejected (429) · this may be a temporary capacity issue',
    "You've used 95% of your session limit · resets 9:29pm (UTC) · /upgrade to keep using Claude",
    "You're now using usage credits · Your 5-hour limit resets 10:23pm (UTC)",
    'Usage limit available again · continuing now',
    'API Error: 500 Internal server error',
    'API Error: Overloaded',
    "the disk's limit was reached while writing",
    'Your test has hit your usage limit of 3 retries',
    '',
  ])('%s', (text) => {
    expect(parseLimit(text, NOW)).toBeNull();
  });
});
