import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { describeClaude, IS_OLD_CLAUDE } from '../support/claudeCode.ts';
import { follow, type Followed } from '../support/follow.ts';
import { PATIENT, seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
let one: Followed;

const conversation = async (): Promise<string | null> => (await sealed.statusOf('one')).agent.session_id;

/** Sends a prompt whose answer is held until `release()`. */
async function hold(): Promise<void> {
  const before = sealed.api.prompts().length;
  await one.say('SCENARIO:hold');
  await eventually(() => expect(sealed.api.prompts()).toHaveLength(before + 1), PATIENT);
  await one.is({ state: 'working', detail: null });
}

/** `/config` takes the first Escape for its search field. */
async function leaveDialog(): Promise<void> {
  await one.press('Escape');
  await eventually(async () => {
    const { registry } = await one.explained();
    if (registry?.status !== 'idle') await one.press('Escape');
    expect(registry?.status).toBe('idle');
  }, PATIENT);
}

/** One claude; each test begins where the one before it ended, between two turns. */
describeClaude('turns', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true, claudeJson: { messageIdleNotifThresholdMs: 1500 } });
    await sealed.startAgent({ id: 'one', claude: { args: ['--allowedTools', 'Bash(exit 3)'] } });
    one = follow(sealed, 'one');
  });
  afterAll(() => sealed.dispose());

  test('a session that came up is idle', async () => {
    await one.registers({ status: 'idle' });
    await one.is({
      state: 'idle',
      detail: null,
      source: 'hook',
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
    });
  });

  test('a prompt is worked on until its turn ends, which is done until somebody looks', async () => {
    await hold();
    sealed.api.release();
    await one.is({
      state: 'done',
      detail: 'Released mock reply.',
      source: 'hook',
      model: expect.stringContaining('claude') as unknown,
    });
  });

  test('idle_prompt adds nothing', async () => {
    await eventually(async () => expect((await one.explained()).hooks?.last.event).toBe('Notification'), PATIENT);
    await one.stays({ state: 'done', detail: 'Released mock reply.' });
  });

  test('a tool that needs no permission is named', async () => {
    await one.say('SCENARIO:bashrun:2');
    await one.is({ state: 'working', detail: 'Bash', source: 'hook' });
    await one.is({ state: 'done', detail: 'The command has run.' });
  });

  test('a tool that fails does not end the turn', async () => {
    await one.say('SCENARIO:fail');
    await one.is({ state: 'done', detail: 'It failed, as asked.' }, ['working']);
  });

  test('a queued prompt is taken when the turn is over', async () => {
    await hold();
    await one.say('SCENARIO:bashrun:2');
    await one.stays({ state: 'working' });
    sealed.api.release();
    // The end of the held turn and the queued one may pass between two looks.
    await one.is({ state: 'done', detail: 'The command has run.' }, ['working', 'done']);
  });

  test('shift+tab changes the permission mode and nothing else', async () => {
    await one.press('BTab');
    await one.shows('accept edits on');
    await one.stays({ state: 'done', detail: 'The command has run.' });
    await one.press('BTab');
    await one.shows('plan mode on');
    await one.press('BTab');
    await one.stays({ state: 'done', detail: 'The command has run.' });
  });

  test.each(['/config', '/help'])('%s, open, leaves the state as it was', async (command) => {
    await one.say(command);
    await one.registers({ status: 'waiting', waitingFor: 'dialog open' });
    await one.stays({ state: 'done', detail: 'The command has run.' });
    await leaveDialog();
    await one.stays({ state: 'done', detail: 'The command has run.' });
  });

  test('bash mode works without a prompt, by the registry', async () => {
    await one.press('!');
    await one.shows('! for shell mode');
    await one.say('sleep 2; echo from bash mode');
    await one.is({ state: 'working', source: 'registry' });
    await one.is({ state: 'done', source: 'hook' });
  });

  test('/compact works, compacting, and is then idle', async () => {
    await one.say('/compact SCENARIO:silent:2');
    await one.is({ state: 'working', detail: 'compacting' });
    await one.is({ state: 'idle' });
  });

  test('/compact that has too little to do ends as idle, not as interrupted', async () => {
    await one.say('/clear');
    await one.shows('/clear');
    await one.is({ state: 'idle' });
    await one.say('SCENARIO:text:too_little');
    await one.is({ state: 'done', detail: 'too little' }, ['working']);
    await one.say('/compact');
    // 2.1.332 compacts even this.
    if (IS_OLD_CLAUDE) await one.shows('Not enough messages to compact');
    await one.is({ state: 'idle', detail: null }, ['working']);
  });

  test.each(['/clear', '/branch'])('%s: another conversation in the same pane', async (command) => {
    await one.say('SCENARIO:text:something_to_branch_from');
    await one.is({ state: 'done', detail: 'something to branch from' }, ['working']);
    const before = await conversation();
    await one.say(command);
    await eventually(async () => expect(await conversation()).not.toBe(before), PATIENT);
    await one.is({ state: 'idle', detail: null });
    expect(await conversation()).toBe((await one.explained()).hooks?.conversation);
  });

  test('/resume ID: that conversation in the same pane', async () => {
    const before = await conversation();
    await one.say('/clear');
    await eventually(async () => expect(await conversation()).not.toBe(before), PATIENT);
    await one.say(`/resume ${before ?? ''}`);
    await one.is({ state: 'idle', session_id: before });
  });
});
