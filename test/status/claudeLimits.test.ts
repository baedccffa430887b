import { describe, expect, test } from 'vitest';
import { at, hook, registry, seen, PROMPT, idle, dialog, testRows, type Row } from './claudeScene.ts';

/** A turn that ends with an error, whose words are the detail. */
const failure = (what: string, error: string, message: string, state: string): Row => [
  what,
  [...PROMPT, hook(9, 'StopFailure', { error, last_assistant_message: message })],
  idle(9.1),
  60,
  state,
  'hook',
  message,
];

const ROWS: readonly Row[] = [
  failure('a server error, retries exhausted', 'server_error', 'API Error: 500', 'error'),
  failure('429 of a busy server is an error', 'rate_limit', 'API Error: Request rejected (429)', 'error'),
  failure(
    'a server that limits requests is an error',
    'rate_limit',
    'Server is temporarily limiting requests (not your usage limit) · Rate limited',
    'error',
  ),
  failure('a usage limit', 'rate_limit', "You've hit your limit · resets 7pm (UTC)", 'limited'),
  [
    "the limit's own dialog leaves it limited",
    [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: "You've hit your weekly limit · resets Nov 30, 4:49am (UTC)",
      }),
    ],
    dialog(9.1),
    60,
    'limited',
    'hook',
    "You've hit your weekly limit · resets Nov 30, 4:49am (UTC)",
  ],
];

describe('the state of a live Claude', () => {
  testRows(ROWS);

  test('a limit that the transcript noted says until when, whatever the words were', () => {
    const limit = { at: at(8.9), until: at(3600), detail: "You've hit your 5-hour limit" };
    const failed = [
      ...PROMPT,
      hook(9, 'StopFailure', { error: 'rate_limit', last_assistant_message: 'Something about a limit' }),
    ];
    const limited = { state: 'limited', until: at(3600), detail: limit.detail };
    expect(seen(failed, registry(9.1, 'idle'), 60, { limit })).toMatchObject(limited);
    expect(seen(PROMPT, registry(9.1, 'idle'), 60, { limit })).toMatchObject(limited);
    expect(seen([], registry(9.1, 'idle'), 60, { limit })).toMatchObject({ ...limited, source: 'transcript' });
    // A conversation that was resumed after it, and one that has gone on.
    expect(seen([], registry(9.1, 'idle'), 60, { limit, startedAt: at(10) }).state).toBe('idle');
    expect(
      seen([...failed, hook(30, 'UserPromptSubmit', { prompt: 'continue' })], registry(30.1, 'busy'), 60, { limit })
        .state,
    ).toBe('working');
    expect(seen([], registry(30, 'busy'), 60, { limit }).state).toBe('working');
  });

  test('the limit ends when Claude says', () => {
    const events = [
      ...PROMPT,
      hook(9, 'StopFailure', {
        error: 'rate_limit',
        last_assistant_message: 'Claude AI usage limit reached|1800003600',
      }),
    ];
    expect(seen(events, registry(9.1, 'idle'), 60).until).toBe(1_800_003_600_000);
  });
});
