import { afterEach, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { describeClaude } from '../support/claudeCode.ts';
import { follow } from '../support/follow.ts';
import { seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** How long eight claudes take to start beside another test on two cores, and then some; in milliseconds. */
const EIGHT_MS = 150_000;

/** Ids, with what each is told and what it is then. */
const AGENTS: Readonly<
  Record<string, { readonly prompt?: string; readonly state: string; readonly detail: string | null }>
> = {
  fresh: { state: 'idle', detail: null },
  busy: { prompt: 'SCENARIO:hold', state: 'working', detail: null },
  asks: { prompt: 'SCENARIO:ask', state: 'question', detail: 'Which colour?' },
  wants: {
    prompt: 'SCENARIO:write',
    state: 'permission',
    detail: expect.stringMatching(/^Write: .*mock-write\.txt$/) as string,
  },
  plans: { prompt: 'SCENARIO:plan', state: 'plan-review', detail: 'Mock plan' },
  over: { prompt: 'SCENARIO:text:all_done', state: 'done', detail: 'all done' },
  failed: { prompt: 'SCENARIO:error:500', state: 'error', detail: expect.stringContaining('mock error 500') as string },
  behind: { prompt: 'SCENARIO:bgbash:600', state: 'background', detail: 'Started in the background.' },
};

describeClaude('many at once', () => {
  test(
    'eight agents, each in another state',
    async () => {
      sealed = await seal({ trusted: true });
      const panes = Object.entries(AGENTS).map(([id, { prompt, state }]) => ({
        id,
        ...(prompt === undefined ? {} : { prompt }),
        ...(state === 'plan-review' ? { claude: { permission_mode: 'plan' } } : {}),
      }));
      await sealed.writeLayout(panes, { arrange: 'windows' });
      await sealed.ok('up', 'shop.yaml', '--yes');
      const expected = Object.fromEntries(
        Object.entries(AGENTS).map(([id, { state, detail }]) => [id, { state, detail }]),
      );
      const told = async () =>
        Object.fromEntries(
          (await sealed.sessions()).map(({ id, agent: { state, detail } }) => [id, { state, detail }]),
        );
      await eventually(async () => expect(await told()).toEqual(expected), { within: EIGHT_MS });
      const text = (await sealed.ok('status')).stdout;
      for (const { state } of Object.values(AGENTS)) expect(text).toContain(state);
    },
    2 * EIGHT_MS,
  );
});

describeClaude('a start-up dialog', () => {
  test('about a key in the environment is told, and gone when it was answered', async () => {
    sealed = await seal({ trusted: true, claudeJson: { customApiKeyResponses: { approved: [], rejected: [] } } });
    await sealed.writeLayout([{ id: 'one' }]);
    // All of its agents ask, so nothing goes on without the user.
    expect((await sealed.ct(['up', 'shop.yaml', '--yes'])).code).toBe(1);
    const one = follow(sealed, 'one');
    await one.is({ state: 'blocked', detail: 'asks about the API key in the environment', source: 'screen' }, [
      'starting',
    ]);
    expect(await sealed.ct(['send', 'one', 'hello'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('"one" shows a start-up dialog') as unknown,
    });
    await one.press('Up');
    await one.press('Enter');
    await one.is({ state: 'idle' }, ['starting', 'unknown']);
  });
});
