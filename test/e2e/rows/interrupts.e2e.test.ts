import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AgentState } from '../../../src/status/agentState.ts';
import { eventually } from '../../support/eventually.ts';
import { describeClaude } from '../support/claudeCode.ts';
import { follow, type Followed } from '../support/follow.ts';
import { PATIENT, seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
let one: Followed;

/** One claude; each test begins where the one before it ended, between two turns. */
describeClaude('turns that do not come to their end', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', claude: { args: ['--allowedTools', 'Bash(node *)'] } });
    one = follow(sealed, 'one');
    await one.is({ state: 'idle' });
  });
  afterAll(() => sealed.dispose());

  test('Esc before the first byte', async () => {
    await one.say('SCENARIO:hold');
    await eventually(() => expect(sealed.api.prompts()).toHaveLength(1), PATIENT);
    await one.is({ state: 'working' });
    await one.press('Escape');
    await one.is({ state: 'idle' });
    // The prompt is back in the input line.
    await one.press('C-c');
  });

  test('Esc while the answer streams', async () => {
    await one.say('SCENARIO:slow:60');
    await eventually(() => expect(sealed.api.prompts()).toHaveLength(2), PATIENT);
    await one.is({ state: 'working' });
    await one.press('Escape');
    await one.is({ state: 'idle', detail: 'interrupted' });
    await one.shows('Interrupted');
  });

  test('Esc while a tool runs', async () => {
    await one.say('SCENARIO:node:30');
    await one.is({ state: 'working', detail: 'Bash' });
    await one.press('Escape');
    await one.is({ state: 'idle', detail: 'interrupted' });
    expect((await one.explained()).verdict.rule).toMatch(/Esc fires no hook|interrupt/);
  });

  // Claude does not wait for StopFailure's hook: on a busy machine the registry's idle is seen long before it.
  const ON_THE_WAY: readonly AgentState[] = ['working', 'idle'];

  test.each([500, 401, 429])('the API refuses with %i', async (status) => {
    await one.say(`SCENARIO:error:${status}`);
    await one.is(
      { state: 'error', detail: expect.stringContaining(`mock error ${status}`) as unknown, source: 'hook' },
      ON_THE_WAY,
    );
  });

  test('a usage limit, and until when', async () => {
    await one.say('SCENARIO:limit:Claude_AI_usage_limit_reached|1900000000');
    await one.is({ state: 'limited', detail: expect.stringContaining('usage limit reached') as unknown }, ON_THE_WAY);
    expect((await one.explained()).verdict.until).toBe(1_900_000_000_000);
  });

  test('a prompt after an error works again', async () => {
    await one.say('SCENARIO:bashrun:2');
    await one.is({ state: 'working', detail: 'Bash' });
    await one.is({ state: 'done', detail: 'The command has run.' });
  });

  test('the API is asked again, and again: the turn goes on', async () => {
    await one.say('SCENARIO:retry:529');
    // Two refusals and two pauses, in which there is nothing to see but work.
    await one.is({ state: 'done', detail: 'Worked after retries.' }, ['working']);
    expect(sealed.api.requests.filter(({ scenario }) => scenario === 'retry')).toHaveLength(3);
  });

  test('a background task outlives its turn, and wakes Claude when it ends by itself', async () => {
    await one.say('SCENARIO:bgbash:5');
    await one.is({ state: 'background', detail: 'Started in the background.' }, ['working']);
    await one.is({ state: 'done' }, ['working']);
  });
});
