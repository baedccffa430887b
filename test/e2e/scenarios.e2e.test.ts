import { afterEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { describeClaude } from './support/claudeCode.ts';
import { PATIENT, seal, type Sealed } from './support/sealed.ts';

let sealed: Sealed;
afterEach(() => sealed.dispose());

/** Last words of each scenario: claude gives them only when it went through the whole script. */
const CLOSING: Readonly<Record<string, string>> = {
  'text:plain_words': 'plain words',
  'slow:0.2': 'Slow mock reply',
  'silent:0.2': 'Late mock reply.',
  'thinking:0.2': 'Thought-out mock reply.',
  'bashrun:0': 'The command has run.',
  read: 'I have read it.',
  'chain:2': 'The chain is over.',
  write: 'The file is written.',
  edit: 'The edit is done.',
  fail: 'It failed, as asked.',
  parallel: 'Both have run.',
  todo: 'Tasks are done.',
  subagent: 'The sub-agent has answered.',
  'bigcontext:1000': 'A lot of context.',
  'retry:529': 'Worked after retries.',
  drop: 'This stream will break',
  'error:400': 'mock error 400',
  'json [[{"type":"text","text":"One word."}]]': 'One word.',
};

describeClaude('the scripted API', () => {
  test('plays every scenario through to its end with claude', async () => {
    sealed = await seal({ trusted: true });
    const { agent } = await sealed.startAgent({
      id: 'one',
      prompt: 'SCENARIO:text:ready',
      claude: { args: ['--allowedTools', 'Bash', 'Write', 'Edit'] },
    });
    const answers = async () =>
      (await sealed.transcript(agent.session_id ?? ''))
        .filter(({ type }) => type === 'assistant')
        .map((entry) => JSON.stringify(entry));
    await sealed.shows('one', 'ready');
    for (const [scenario, closing] of Object.entries(CLOSING)) {
      await sealed.say('one', `SCENARIO:${scenario}`);
      await eventually(async () => expect((await answers()).at(-1)).toContain(closing), PATIENT);
      await sealed.reaches('one', 'idle', 'done', 'error');
    }
    const scripts = sealed.api
      .prompts()
      .slice(1)
      .map(({ scenario }) => scenario);
    expect(new Set(scripts)).toEqual(new Set(Object.keys(CLOSING).map((scenario) => /^[a-z]+/.exec(scenario)?.[0])));
    expect((await sealed.statusOf('one')).changes).toBeGreaterThanOrEqual(4);
  });

  test('asks and waits where a person has to answer', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', prompt: 'SCENARIO:ask' });
    await sealed.shows('one', 'Which colour?');
    await sealed.press('one', 'Enter');
    await sealed.shows('one', 'Thanks for the answer.');
    await sealed.say('one', 'SCENARIO:hang');
    await sealed.reaches('one', 'working');
    await sealed.press('one', 'Escape');
    await sealed.rests('one');
  });
});
